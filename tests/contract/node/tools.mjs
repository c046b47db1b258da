// One round of runTools, streaming and not, and structured output: node tools.mjs BASE_URL prints the outcomes.
import { connect, outcome } from './client.mjs';

const client = connect(process.argv[2]);
const messages = [{ role: 'user', content: 'Weather?' }];
const parameters = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'], additionalProperties: false };

async function round(stream) {
  const seen = [];
  const tools = [{ type: 'function', function: { name: 'get_weather', parameters, parse: JSON.parse, function: (input) => (seen.push(input), 'rain') } }];
  const runner = client.chat.completions.runTools({ model: 'm', messages, tools, ...(stream ? { stream: true } : {}) });
  const text = await runner.finalContent();
  return { text, seen, roles: runner.messages.map((message) => message.role) };
}

async function parsed() {
  const format = { type: 'json_schema', json_schema: { name: 'place', schema: parameters, strict: true } };
  const completion = await client.chat.completions.create({ model: 'm', messages, response_format: format });
  return JSON.parse(completion.choices[0].message.content);
}

console.log(JSON.stringify({ plain: await outcome(() => round(false)), streamed: await outcome(() => round(true)), parsed: await outcome(parsed) }));
