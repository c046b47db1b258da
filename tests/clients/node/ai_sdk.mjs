// The AI SDK with its models for OpenAI's APIs: every call that test_ai_sdk.py looks at, printed as JSON.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

// Packages are not beside this file but in the folder that OCX_NODE_MODULES names.
const { resolve } = createRequire(join(process.env.OCX_NODE_MODULES, 'here.js'));
const load = (name) => import(pathToFileURL(resolve(name)).href);
const { generateText, streamText, Output, stepCountIs, tool } = await load('ai');
const { createOpenAI } = await load('@ai-sdk/openai');
const { createOpenAICompatible } = await load('@ai-sdk/openai-compatible');
const { z } = await load('zod');

const baseURL = process.argv[2];
const openai = createOpenAI({ baseURL, apiKey: 'dummy' });
const compatible = createOpenAICompatible({ name: 'ocx', baseURL, apiKey: 'dummy', includeUsage: true, supportsStructuredOutputs: true });

// The Responses model also without stored items: it then sends its reasoning back itself.
const models = {
  responses: { model: openai('gpt-5.5') },
  stateless: { model: openai('gpt-5.5'), providerOptions: { openai: { store: false } } },
  chat: { model: openai.chat('gpt-5.5') },
  compatible: { model: compatible('gpt-5.5') },
};

const usage = ({ inputTokens, outputTokens, totalTokens, outputTokenDetails }) =>
  [inputTokens, outputTokens, totalTokens, outputTokenDetails.reasoningTokens];

async function outcome(work) {
  try {
    return { value: await work() };
  } catch (error) {
    return { error: `${error.name}: ${error.message}`, status: error.statusCode ?? null };
  }
}

function weather(seen) {
  const execute = async (input) => (seen.push(input), 'sunny');
  return { get_forecast: tool({ description: 'Forecast for a city.', inputSchema: z.object({ city: z.string(), days: z.number().int() }), execute }) };
}

/** A stream read to its end; what went wrong in it is thrown, as a caller without onError would not see it. */
async function streamed(options) {
  let failure;
  const result = streamText({ ...options, onError: ({ error }) => (failure = error) });
  const pieces = [];
  for await (const piece of result.textStream) pieces.push(piece);
  if (failure) throw failure;
  return { pieces, result };
}

const results = {};
for (const [name, base] of Object.entries(models)) {
  const options = { ...base, maxRetries: 0 };
  const turns = (seen) => ({ ...options, prompt: 'Forecast?', tools: weather(seen), stopWhen: stepCountIs(3) });
  results[name] = {
    chat: await outcome(async () => {
      const r = await generateText({ ...options, system: 'Be brief.', prompt: 'Hello' });
      return { text: r.text, thoughts: r.reasoningText ?? null, usage: usage(r.usage), finish: r.finishReason, warnings: r.warnings };
    }),
    stream: await outcome(async () => {
      const { pieces, result } = await streamed({ ...options, prompt: 'Hello' });
      return { pieces, thoughts: (await result.reasoningText) ?? null, usage: usage(await result.usage), finish: await result.finishReason };
    }),
    tool: await outcome(async () => {
      const seen = [];
      const r = await generateText(turns(seen));
      return { text: r.text, seen, steps: r.steps.map((step) => step.finishReason), usage: usage(r.totalUsage) };
    }),
    toolStream: await outcome(async () => {
      const seen = [];
      const { result } = await streamed(turns(seen));
      return { text: await result.text, seen, steps: (await result.steps).map((step) => step.finishReason), usage: usage(await result.totalUsage) };
    }),
    object: await outcome(async () => {
      const output = Output.object({ schema: z.object({ name: z.string(), population: z.number().int() }) });
      return (await generateText({ ...options, prompt: 'A city', output })).output;
    }),
    objectStream: await outcome(async () => {
      const output = Output.object({ schema: z.object({ name: z.string(), population: z.number().int() }) });
      return await (await streamed({ ...options, prompt: 'A city', output })).result.output;
    }),
  };
}
results.failure = await outcome(() => generateText({ model: openai('demo-context'), prompt: 'Hello', maxRetries: 0 }));
console.log(JSON.stringify(results));
