// The openai package from OCX_NODE_MODULES, and how results become JSON for pytest to compare.
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const modules = process.env.OCX_NODE_MODULES ?? join(import.meta.dirname, 'node_modules');
const { default: OpenAI } = await import(pathToFileURL(join(modules, 'openai', 'index.mjs')).href);

export { OpenAI };

/** fetch that notes each reply in the file OCX_TAP, for pytest to hold against the schema. */
const plainFetch = globalThis.fetch;
async function tappedFetch(url, init) {
  const reply = await plainFetch(url, init);
  if (!reply.body) return reply;
  const decoder = new TextDecoder();
  const seen = { method: init?.method ?? 'GET', url: String(url), status: reply.status, type: reply.headers.get('content-type'), body: '', whole: false };
  const note = (whole) => appendFileSync(process.env.OCX_TAP, JSON.stringify({ ...seen, whole }) + '\n');
  const body = reply.body.pipeThrough(new TransformStream({
    transform(piece, controller) {
      seen.body += decoder.decode(piece, { stream: true });
      controller.enqueue(piece);
    },
    flush() { note(true); },
    cancel() { note(false); },
  }));
  return new Response(body, { status: reply.status, statusText: reply.statusText, headers: reply.headers });
}
if (process.env.OCX_TAP) globalThis.fetch = tappedFetch;

export function connect(baseURL, more = {}) {
  return new OpenAI({ baseURL, apiKey: 'test', maxRetries: 0, timeout: 30_000, logLevel: 'off', ...more });
}

function classNames(error) {
  const names = [];
  for (let p = Object.getPrototypeOf(error); p && p !== Object.prototype; p = Object.getPrototypeOf(p)) names.push(p.constructor.name);
  return names;
}

/** What a call gave, or what it threw. */
export async function outcome(work) {
  try {
    return { value: await work() };
  } catch (error) {
    return {
      error: {
        classes: classNames(error), status: error.status ?? null, code: error.code ?? null, type: error.type ?? null,
        param: error.param ?? null, requestID: error.requestID ?? null, message: String(error.message),
      },
    };
  }
}

export function responseFacts(response) {
  const messages = response.output.filter((item) => item.type === 'message').flatMap((item) => item.content);
  const join = (type, member) => messages.filter((part) => part.type === type).map((part) => part[member]).join('');
  const usage = response.usage;
  return {
    status: response.status,
    items: response.output.map((item) => item.type),
    text: join('output_text', 'text'),
    outputText: response.output_text ?? null,
    refusal: join('refusal', 'refusal') || null,
    reason: response.incomplete_details?.reason ?? null,
    errorCode: response.error?.code ?? null,
    calls: response.output.flatMap((item) =>
      item.type === 'function_call' ? [{ type: 'function', call_id: item.call_id, name: item.name, arguments: item.arguments }]
      : item.type === 'custom_tool_call' ? [{ type: 'custom', call_id: item.call_id, name: item.name, input: item.input }]
      : []),
    usage: usage ? { input: usage.input_tokens, cached: usage.input_tokens_details.cached_tokens, output: usage.output_tokens,
                     reasoning: usage.output_tokens_details.reasoning_tokens } : null,
  };
}

export function completionFacts(completion) {
  const [choice] = completion.choices;
  const usage = completion.usage;
  return {
    text: choice.message.content ?? '',
    refusal: choice.message.refusal || null,
    finish: choice.finish_reason,
    calls: (choice.message.tool_calls ?? []).map((call) =>
      call.type === 'custom' ? { type: 'custom', call_id: call.id, name: call.custom.name, input: call.custom.input }
      : { type: 'function', call_id: call.id, name: call.function.name, arguments: call.function.arguments }),
    usage: usage ? { input: usage.prompt_tokens, cached: usage.prompt_tokens_details.cached_tokens, output: usage.completion_tokens,
                     reasoning: usage.completion_tokens_details.reasoning_tokens } : null,
  };
}
