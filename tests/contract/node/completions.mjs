// The older completions through openai-node: node completions.mjs BASE_URL prints {call: outcome}.
import { connect, outcome } from './client.mjs';

const client = connect(process.argv[2]);
const ask = (members) => client.completions.create({ model: 'f01-plain-text', prompt: 'hi', ...members });

async function streamed(members) {
  const seen = { text: {}, finish: {}, usage: null };
  for await (const chunk of await ask({ stream: true, ...members })) {
    for (const { index, text, finish_reason: reason } of chunk.choices) {
      seen.text[index] = (seen.text[index] ?? '') + text;
      if (reason) seen.finish[index] = reason;
    }
    seen.usage = chunk.usage ?? seen.usage;
  }
  return seen;
}

const calls = {
  create: () => ask({}),
  many: () => ask({ prompt: ['a', 'b'], n: 2 }),
  stop: () => ask({ stop: ['wor'] }),
  stream: () => streamed({ stream_options: { include_usage: true } }),
  streamMany: () => streamed({ prompt: ['a', 'b'] }),
  tokens: () => ask({ prompt: [1, 2] }),
};

const results = {};
for (const [call, work] of Object.entries(calls)) results[call] = await outcome(work);
console.log(JSON.stringify(results));
