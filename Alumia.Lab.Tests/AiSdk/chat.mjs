// Holds conversations with the lab by the AI SDK's own client: node chat.mjs <story> <address> <key> <org>
// Prints what the client has at the end as one line of JSON, with every chunk that it was sent.
import { AbstractChat, DefaultChatTransport, asSchema, lastAssistantMessageIsCompleteWithApprovalResponses, uiMessageChunkSchema } from 'ai';

const [story, address, key, org] = process.argv.slice(2);
const api = `${address}api/v1/chat`;
const headers = { Authorization: `Bearer ${key}`, 'X-Alumia-Org': org };
const schema = asSchema(uiMessageChunkSchema);
const seen = { chunks: [], wrong: [], requests: [], headers: [], lastEventId: '' };
let dropAfter = Infinity; // Characters of text after which the line breaks,
let dropWhen = () => true; // once the client has taken them: an error drops what still lies between.

class State {
  status = 'ready';
  error = undefined;
  messages = [];
  pushMessage = message => { this.messages = [...this.messages, message]; };
  popMessage = () => { this.messages = this.messages.slice(0, -1); };
  replaceMessage = (index, message) => { this.messages = this.messages.with(index, structuredClone(message)); };
  snapshot = thing => structuredClone(thing);
}

class Chat extends AbstractChat {
  constructor(options) { super({ ...options, state: new State() }); }
}

async function watched(url, init) {
  const response = await fetch(url, init);
  seen.requests.push(`${init.method} ${response.status}`);
  seen.headers.push(response.headers.get('x-alumia-session'));
  if (!response.ok || !response.body || response.status === 204)
    return response;
  const decoder = new TextDecoder();
  let waiting = '', text = 0;
  const body = response.body.pipeThrough(new TransformStream({
    async transform(bytes, controller) {
      waiting += decoder.decode(bytes, { stream: true });
      let end;
      while ((end = waiting.indexOf('\n\n')) >= 0) {
        const event = waiting.slice(0, end + 2);
        waiting = waiting.slice(end + 2);
        text += await note(event);
        controller.enqueue(new TextEncoder().encode(event));
        if (text > dropAfter) {
          dropAfter = Infinity;
          await until(dropWhen);
          controller.error(new TypeError('network error: the line broke'));
          return;
        }
      }
    },
  }));
  return new Response(body, { status: response.status, headers: response.headers });
}

async function note(event) {
  const data = /^data: (.*)$/m.exec(event)?.[1];
  seen.lastEventId = /^id: (.*)$/m.exec(event)?.[1] ?? seen.lastEventId;
  if (data === undefined || data === '[DONE]')
    return 0;
  const chunk = JSON.parse(data);
  seen.chunks.push(chunk);
  const checked = await schema.validate(chunk);
  if (!checked.success)
    seen.wrong.push(chunk);
  return chunk.type === 'text-delta' ? chunk.delta.length : 0;
}

function open(id, options = {}, more = {}) {
  const finished = [];
  const chat = new Chat({
    id,
    ...more,
    transport: new DefaultChatTransport({ api, headers, fetch: watched, ...options }),
    onFinish: ({ isAbort, isDisconnect, isError, finishReason }) => finished.push({ isAbort, isDisconnect, isError, finishReason }),
    onToolCall: ({ toolCall }) => { throw new Error(`the client was asked to run ${toolCall.toolName}`); },
  });
  return { chat, finished };
}

const textOf = message => message.parts.filter(part => part.type === 'text').map(part => part.text).join('');
const until = async condition => { while (!condition()) await new Promise(resolve => setTimeout(resolve, 5)); };

const stories = {
  async talk() {
    const { chat, finished } = open('talk-' + crypto.randomUUID());
    await chat.sendMessage({ text: '[[reasoning]] [[tool wait {"seconds":1.2}]] Wait, please' });
    const first = structuredClone(chat.messages);
    await chat.sendMessage({ text: '[[wrong-arguments]] [[tool current_time {}]] And now' });
    const second = structuredClone(chat.messages);
    await chat.regenerate();
    const regenerated = structuredClone(chat.messages);
    await chat.sendMessage({ text: '[[say Edited]] Hi', messageId: chat.messages[0].id });
    return { first, second, regenerated, edited: chat.messages, finished };
  },

  // The line breaks in mid-answer: the client's own way is a replay from the turn's start.
  async drop() {
    const { chat, finished } = open('drop-' + crypto.randomUUID());
    dropAfter = 60;
    dropWhen = () => chat.lastMessage?.role === 'assistant' && textOf(chat.lastMessage).length > 60;
    await chat.sendMessage({ text: '[[long 120]] [[pace 5]]' });
    const dropped = { status: chat.status, text: textOf(chat.lastMessage) };
    await chat.resumeStream();
    return { dropped, status: chat.status, messages: chat.messages, finished };
  },

  // The same by Last-Event-ID: only what the client lacks comes.
  async goOn() {
    const { chat, finished } = open('go-on-' + crypto.randomUUID(), {
      resumeStreamIsReplay: false,
      prepareReconnectToStreamRequest: ({ headers }) => ({ headers: { ...Object.fromEntries(new Headers(headers)), 'Last-Event-ID': seen.lastEventId } }),
    });
    dropAfter = 60;
    dropWhen = () => chat.lastMessage?.role === 'assistant' && textOf(chat.lastMessage).length > 60;
    await chat.sendMessage({ text: '[[long 120]] [[pace 5]]' });
    const dropped = { status: chat.status, text: textOf(chat.lastMessage) };
    await chat.resumeStream();
    return { dropped, status: chat.status, messages: chat.messages, finished };
  },

  // A person answers for two calls of a batch, in the client; both answers go in one request.
  async approve() {
    const { chat, finished } = open('approve-' + crypto.randomUUID(), {}, { sendAutomaticallyWhen: lastAssistantMessageIsCompleteWithApprovalResponses });
    await chat.sendMessage({ text: '[[together]] [[tool wait {"seconds":0.1}]] [[tool send_mail {"to":"a"}]] [[tool send_mail {"to":"b"}]]' });
    const asked = structuredClone(chat.lastMessage);
    const calls = chat.lastMessage.parts.filter(part => part.state === 'approval-requested');
    await chat.addToolApprovalResponse({ id: calls[0].approval.id, approved: true });
    const half = seen.requests.length;
    await chat.addToolApprovalResponse({ id: calls[1].approval.id, approved: false, reason: 'Not to b' });
    await until(() => finished.length === 2 || chat.status === 'error');
    return { asked, half, status: chat.status, error: chat.error?.message, messages: chat.messages, finished };
  },

  // The client stops listening: the turn goes on.
  async leave() {
    const { chat, finished } = open('leave-' + crypto.randomUUID());
    const sending = chat.sendMessage({ text: '[[long 120]] [[pace 5]]' });
    await until(() => chat.lastMessage?.role === 'assistant' && textOf(chat.lastMessage).length > 20);
    await chat.stop();
    await sending;
    return { status: chat.status, messages: chat.messages, finished };
  },

  // The turn itself is stopped.
  async stop() {
    const { chat, finished } = open('stop-' + crypto.randomUUID());
    const sending = chat.sendMessage({ text: '[[long 4000]] [[pace 20]]' });
    await until(() => chat.lastMessage?.role === 'assistant' && textOf(chat.lastMessage).length > 20);
    const stopped = await fetch(`${api}/${chat.id}/stop`, { method: 'POST', headers });
    await sending;
    return { stopped: await stopped.json(), status: chat.status, messages: chat.messages, finished };
  },

  async fail() {
    const { chat, finished } = open('fail-' + crypto.randomUUID());
    await chat.sendMessage({ text: '[[cut 5]] [[long 40]]' });
    return { status: chat.status, error: chat.error?.message, messages: chat.messages, finished };
  },

  async nothingLive() {
    const { chat } = open('nothing-' + crypto.randomUUID());
    await chat.sendMessage({ text: '[[say Done]] Hi' });
    await chat.resumeStream();
    return { status: chat.status, messages: chat.messages };
  },
};

const result = await stories[story]();
console.log(JSON.stringify({ result, ...seen }));
