// Talks to the lab with OpenAI's own client for Node, and prints what it was told as one line of JSON.
// Usage: node client.mjs <what> (a function below); OPENAI_BASE_URL and OPENAI_API_KEY say where and as whom.
import OpenAI from 'openai';

const client = new OpenAI({ maxRetries: 0 });
const weather = {
  type: 'function',
  function: {
    name: 'get--weather',
    description: 'The weather in a city.',
    parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
  },
};

const deeds = {
  async models() {
    const ids = [];
    for await (const model of client.models.list()) ids.push(`${model.id} ${model.object} ${model.owned_by}`);
    return { ids, one: (await client.models.retrieve('agent/ala')).id };
  },

  async conversation(model) {
    const messages = [{ role: 'system', content: 'Speak plainly.' }];
    const answers = [];
    const sessions = [];
    for (const content of ['My name is Rita', 'What is my name?']) {
      messages.push({ role: 'user', content });
      const { data: stream, response } = await client.chat.completions
        .create({ model, messages, stream: true, stream_options: { include_usage: true } }).withResponse();
      let text = '', usage = null, reason = null, chunks = 0;
      for await (const chunk of stream) {
        chunks++;
        text += chunk.choices[0]?.delta.content ?? '';
        reason ??= chunk.choices[0]?.finish_reason;
        usage ??= chunk.usage;
      }
      messages.push({ role: 'assistant', content: text });
      answers.push({ text, reason, chunks, tokens: usage?.total_tokens });
      sessions.push(response.headers.get('x-alumia-session'));
    }
    return { answers, sessions };
  },

  async tools(model) {
    const messages = [{ role: 'user', content: '[[tool get--weather {"city":"Oslo"}]] What is the weather in Oslo?' }];
    const runner = client.chat.completions.runTools({
      model, messages, stream: true,
      tools: [{ type: 'function', function: { ...weather.function, parse: JSON.parse, function: ({ city }) => `Rain in ${city}` } }],
    });
    const text = await runner.finalContent();
    return { text, roles: runner.messages.map((message) => message.role), call: runner.messages[1].tool_calls[0].function };
  },

  async refused(model) {
    try {
      await client.chat.completions.create({ model, messages: [{ role: 'user', content: 'Hello' }], tools: [weather] });
      return {};
    } catch (error) {
      return { kind: error.constructor.name, status: error.status, type: error.type, param: error.param, code: error.code };
    }
  },
};

const [what, ...rest] = process.argv.slice(2);
console.log(JSON.stringify(await deeds[what](...rest)));
