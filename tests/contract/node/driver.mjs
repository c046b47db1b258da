// openai-node at the other end of a pipe: each line of stdin is one call {call, baseURL, options, argument, body}, each line of stdout its outcome, in order.
import { createInterface } from 'node:readline';
import { connect, outcome } from './client.mjs';

const clients = new Map();
function clientOf(baseURL, options) {
  const key = JSON.stringify([baseURL, options]);
  if (!clients.has(key)) clients.set(key, connect(baseURL, options));
  return clients.get(key);
}

/** What came, and what ended it early. */
async function drain(start) {
  const items = [];
  const seen = await outcome(async () => {
    for await (const item of await start()) items.push(item);
  });
  return { items, error: seen.error ?? null };
}

async function helped(stream, final) {
  const seen = await drain(() => stream);
  const end = await outcome(() => stream[final]());
  return { items: seen.items, final: end.value ?? null, error: end.error ?? seen.error };
}

async function withId(promise) {
  const { data, request_id } = await promise.withResponse();
  return { document: data, requestID: request_id };
}

/** Every element of a list over all of its pages. */
async function elements(list) {
  const found = [];
  for await (const element of list) {
    found.push(element);
    if (found.length > 500) throw new Error('the list does not end');
  }
  return { document: found };
}

const png = (data) => new File([Buffer.from(data, 'base64')], 'image.png', { type: 'image/png' });

const calls = {
  'responses.create': (c, body) => withId(c.responses.create(body)),
  'responses.events': (c, body) => drain(() => c.responses.create({ ...body, stream: true })),
  'responses.helper': (c, body) => helped(c.responses.stream(body), 'finalResponse'),
  'responses.parse': (c, body) => withId(c.responses.parse(body)),
  'responses.retrieve': (c, body, id) => withId(c.responses.retrieve(id, body ?? {})),
  'responses.replay': (c, body, id) => drain(() => c.responses.retrieve(id, { ...body, stream: true })),
  'responses.rejoin': (c, body, id) => helped(c.responses.stream({ ...body, response_id: id }), 'finalResponse'),
  'responses.delete': (c, body, id) => withId(c.responses.delete(id)),
  'responses.cancel': (c, body, id) => withId(c.responses.cancel(id)),
  'responses.input_tokens': (c, body) => withId(c.responses.inputTokens.count(body)),
  'responses.input_items': async (c, body, id) => ({ document: (await drain(() => c.responses.inputItems.list(id, body ?? {}))).items }),
  'responses.input_page': async (c, body, id) => ({ document: (await c.responses.inputItems.list(id, body ?? {})).data }),
  'chat.create': (c, body) => withId(c.chat.completions.create(body)),
  'chat.events': (c, body) => drain(() => c.chat.completions.create({ ...body, stream: true })),
  'chat.helper': (c, body) => helped(c.chat.completions.stream(body), 'finalChatCompletion'),
  'chat.parse': (c, body) => withId(c.chat.completions.parse(body)),
  'chat.retrieve': (c, body, id) => withId(c.chat.completions.retrieve(id)),
  'chat.update': (c, body, id) => withId(c.chat.completions.update(id, body)),
  'chat.delete': (c, body, id) => withId(c.chat.completions.delete(id)),
  'chat.list': (c, body) => elements(c.chat.completions.list(body)),
  'chat.messages': (c, body, id) => elements(c.chat.completions.messages.list(id, body)),
  'conversations.create': (c, body) => withId(c.conversations.create(body ?? {})),
  'conversations.retrieve': (c, body, id) => withId(c.conversations.retrieve(id)),
  'conversations.update': (c, body, id) => withId(c.conversations.update(id, body)),
  'conversations.delete': (c, body, id) => withId(c.conversations.delete(id)),
  'items.create': (c, body, id) => withId(c.conversations.items.create(id, body)),
  'items.list': (c, body, id) => elements(c.conversations.items.list(id, body)),
  'items.retrieve': (c, { item, ...query }, id) => withId(c.conversations.items.retrieve(item, { conversation_id: id, ...query })),
  'items.delete': (c, { item }, id) => withId(c.conversations.items.delete(item, { conversation_id: id })),
  'images.generate': (c, body) => drain(() => c.images.generate({ ...body, stream: true })),
  'images.edit': (c, body) => drain(() => c.images.edit({ ...body, image: body.image.map(png), stream: true })),
  'models.list': async (c) => ({ document: (await c.models.list()).data }),
  'models.retrieve': (c, body, id) => withId(c.models.retrieve(id)),
};

for await (const line of createInterface({ input: process.stdin })) {
  const { call, baseURL, options, argument, body } = JSON.parse(line);
  console.log(JSON.stringify(await outcome(() => calls[call](clientOf(baseURL, options), body, argument))));
}
