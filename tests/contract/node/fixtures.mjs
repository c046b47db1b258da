// Every fixture through openai-node: node fixtures.mjs BASE_URL INDEX_JSON prints {name: {call: outcome}}.
import { readFile } from 'node:fs/promises';
import { completionFacts, connect, outcome, responseFacts } from './client.mjs';

const [baseURL, indexPath] = process.argv.slice(2);
const client = connect(baseURL);
const messages = [{ role: 'user', content: 'hi' }];

const calls = {
  responseCreate: async (model) => responseFacts(await client.responses.create({ model, input: 'hi' })),
  responseEvents: async (model) => {
    const types = [];
    for await (const event of await client.responses.create({ model, input: 'hi', stream: true })) types.push(event.type);
    return { last: types.at(-1), count: types.length };
  },
  responseHelper: async (model) => responseFacts(await client.responses.stream({ model, input: 'hi' }).finalResponse()),
  chatCreate: async (model) => completionFacts(await client.chat.completions.create({ model, messages })),
  chatChunks: async (model) => {
    const finish = [];
    for await (const chunk of await client.chat.completions.create({ model, messages, stream: true }))
      for (const choice of chunk.choices) if (choice.finish_reason) finish.push(choice.finish_reason);
    return { finish };
  },
  chatHelper: async (model) => {
    const stream = client.chat.completions.stream({ model, messages, stream_options: { include_usage: true } });
    return completionFacts(await stream.finalChatCompletion());
  },
};

const names = JSON.parse(await readFile(indexPath, 'utf8')).fixtures.filter((f) => f.kind !== 'catalogue').map((f) => f.name);
const results = {};
async function worker() {
  for (let name; (name = names.pop()) !== undefined; ) {
    results[name] = {};
    for (const [call, work] of Object.entries(calls)) results[name][call] = await outcome(() => work(name));
  }
}
await Promise.all(Array.from({ length: 6 }, worker));
console.log(JSON.stringify(results));
