// What the server emulates, through openai-node: node emulation.mjs BASE_URL prints {call: outcome}.
import { connect, outcome, responseFacts } from './client.mjs';

const client = connect(process.argv[2]);
const chat = { model: 'f01-plain-text', messages: [{ role: 'user', content: 'hi' }] };
const choices = (completion) => completion.choices.map((c) => ({ index: c.index, text: c.message.content, finish: c.finish_reason }));

const calls = {
  stopCreate: async () => choices(await client.chat.completions.create({ ...chat, stop: ['wor'] })),
  stopHelper: async () => choices(await client.chat.completions.stream({ ...chat, stop: ['wor'] }).finalChatCompletion()),
  limitHelper: async () => choices(await client.chat.completions.stream({ ...chat, max_completion_tokens: 1 }).finalChatCompletion()),
  choicesCreate: async () => choices(await client.chat.completions.create({ ...chat, n: 2 })),
  choicesHelper: async () => {
    const completion = await client.chat.completions.stream({ ...chat, n: 2, stream_options: { include_usage: true } }).finalChatCompletion();
    return { choices: choices(completion), total: completion.usage.total_tokens };
  },
  limitResponse: async () => responseFacts(await client.responses.create({ model: chat.model, input: 'hi', max_tokens: 1 })),
  limitResponseHelper: async () => responseFacts(await client.responses.stream({ model: chat.model, input: 'hi', max_tokens: 1 }).finalResponse()),
};

const results = {};
for (const [call, work] of Object.entries(calls)) results[call] = await outcome(work);
console.log(JSON.stringify(results));
