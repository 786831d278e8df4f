// An OAuth provider that is none of ours (npm's oidc-provider), with a small API behind it and a door for the tests to steer it by.
import { createServer } from 'node:http';
import Provider from 'oidc-provider';

const steer = { account: 'ada@oidc.example', grant: null, deny: false, accessTtl: 3600, tokenFaults: 0, apiFaults: 0, apiRefuses: false };
const seen = { token: {}, api: 0, secrets: [], verifiers: 0 };
let provider, grants = new Set();

const body = async request => {
  const pieces = [];
  for await (const piece of request) pieces.push(piece);
  return Buffer.concat(pieces).toString();
};
const json = (response, status, value) => {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(value));
};

function start({ redirectUri }) {
  provider = new Provider(`http://127.0.0.1:${server.address().port}`, {
    clients: [{ client_id: 'the-lab', client_secret: 'a-secret-of-the-lab', redirect_uris: [redirectUri], grant_types: ['authorization_code', 'refresh_token'], token_endpoint_auth_method: 'client_secret_post' }],
    scopes: ['mail.read', 'mail.send'],
    pkce: { required: () => true },
    rotateRefreshToken: true,
    issueRefreshToken: async () => true,
    expiresWithSession: async () => false,
    findAccount: async (_, id) => ({ accountId: id, claims: async () => ({ sub: id }) }),
    ttl: { AccessToken: () => steer.accessTtl, RefreshToken: 86_400, Grant: 86_400, Session: 86_400, Interaction: 600, AuthorizationCode: 60 },
    features: { devInteractions: { enabled: false }, revocation: { enabled: true, allowedPolicy: () => true } },
    interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
    cookies: { keys: ['tests'] },
  });
  for (const kind of ['access_token', 'refresh_token', 'authorization_code'])
    provider.on(`${kind}.saved`, token => seen.secrets.push(token.jti));
  provider.on('grant.saved', grant => grants.add(grant.jti));
}

async function interact(request, response) {
  const { prompt, params } = await provider.interactionDetails(request, response);
  if (steer.deny)
    return provider.interactionFinished(request, response, { error: 'access_denied', error_description: 'the person said no' }, { mergeWithLastSubmission: false });
  if (prompt.name === 'login')
    return provider.interactionFinished(request, response, { login: { accountId: steer.account, remember: false } }, { mergeWithLastSubmission: false });
  const grant = new provider.Grant({ accountId: steer.account, clientId: params.client_id });
  for (const scope of params.scope.split(' ')) {
    if (steer.grant === null || steer.grant.includes(scope)) grant.addOIDCScope(scope);
    else grant.rejectOIDCScope(scope);
  }
  const grantId = await grant.save();
  return provider.interactionFinished(request, response, { consent: { grantId } }, { mergeWithLastSubmission: true });
}

async function api(request, response) {
  seen.api++;
  if (steer.apiFaults > 0) {
    steer.apiFaults--;
    return json(response, 503, { error: 'busy' });
  }
  const token = await provider.AccessToken.find((request.headers.authorization ?? '').replace('Bearer ', ''));
  if (steer.apiRefuses || !token || !grants.has(token.grantId) || token.isExpired)
    return json(response, 401, { error: 'invalid_token' });
  return json(response, 200, { email: token.accountId, scope: token.scope });
}

async function control(request, response, deed) {
  const wish = JSON.parse((await body(request)) || '{}');
  if (deed === 'start') start(wish);
  else if (deed === 'steer') Object.assign(steer, wish);
  else if (deed === 'revoke') grants.forEach(id => { grants.delete(id); provider.Grant.adapter.destroy(id); });
  else if (deed === 'expire') for (const secret of seen.secrets) await provider.AccessToken.adapter.destroy(secret);
  json(response, 200, { ...seen, grants: grants.size });
}

const server = createServer(async (request, response) => {
  try {
    const path = new URL(request.url, 'http://here').pathname;
    if (path.startsWith('/control/')) return await control(request, response, path.slice('/control/'.length));
    if (path.startsWith('/api/')) return await api(request, response);
    if (path.startsWith('/interaction/')) return await interact(request, response);
    if (path === '/token') {
      const form = new URLSearchParams(await body(request));
      const type = form.get('grant_type');
      seen.token[type] = (seen.token[type] ?? 0) + 1;
      if (form.get('code_verifier')) seen.verifiers++;
      if (steer.tokenFaults > 0) {
        steer.tokenFaults--;
        response.writeHead(500, { 'content-type': 'text/html' });
        return response.end('<h1>Broken</h1>');
      }
      request.body = Object.fromEntries(form); // As the provider takes a body that was read before.
    }
    return await provider.callback()(request, response);
  } catch (error) {
    console.error(error);
    json(response, 500, { error: String(error) });
  }
});
server.listen(0, '127.0.0.1', () => console.log(`listening ${server.address().port}`));
