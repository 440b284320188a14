// The manifests that the servers are measured on: a made-up company whose services live in three meshes, and the places
// in them where something is asked. The same seed gives the same text.

import { schemaAt } from './json-schema.mjs';

/**
 * A file of about so many lines with documents of all kinds, and what can be asked in it. `kinds` are those of
 * `jsonSchemas()`; they alone say what a right answer is. Six mistakes are planted that a schema shows.
 */
export function mixedFile(lines, kinds) {
  const random = randomNumbers(lines);
  const documents = [];
  let count = 0;
  for (let number = 0; count < lines * 0.98; number += 1) {
    const resources = lines < 500 ? oneOfEachMesh(number, random) : resourcesOf(service(number, random), random);
    for (const resource of resources) {
      const length = write([resource]).text.split('\n').length;
      if (count + length > lines * 1.05) continue;
      documents.push(resource);
      count += length;
    }
  }
  const mistakes = plantMistakes(documents);
  const { text, marks } = write(documents);
  const mistakeLines = mistakes.map(
    ({ resource, path }) => marks.find((it) => it.resource === resource && sameKeys(it.path, path)).line,
  );
  return { text, documents: documents.length, mistakeLines, ...placesIn(marks, new Set(mistakeLines), kinds) };
}

/** What a small file has room for: a few documents, each of another kind. */
function oneOfEachMesh(number, random) {
  const [istio, linkerd, consul] = [1, 2, 3].map((it) => service(number * meshes.length + it, random));
  return [
    coreService(istio),
    destinationRule(istio, random),
    virtualService(istio, random),
    server(linkerd),
    httpRoute(linkerd),
    serviceResolver(consul, random),
    serviceRouter(consul),
    peerAuthentication(istio, random),
  ];
}

/**
 * A workspace of so many files, `{ path, text }`, one to three documents each, whose names refer to each other.
 * `crossFile` names a file with a VirtualService, the line of its first subset, and the file that defines that subset with
 * the place of its name: when the name changes there, the VirtualService is wrong. `edit` is a place as in `mixedFile`.
 */
export function workspaceFiles(count, kinds) {
  const random = randomNumbers(count);
  const files = [];
  let crossFile;
  let edit;
  for (let number = 0; files.length < count; number += 1) {
    const it = service(number, random);
    const resources = resourcesOf(it, random);
    const [first, ...others] = resources.filter((one) => !isCore(one));
    const groups = [resources.filter((one) => isCore(one)), [first], ...chunks(others, 2)];
    for (const [position, group] of groups.entries()) {
      const { text, marks } = write(group);
      files.push({
        path: `${it.namespace}/${it.name}/${position === 0 ? 'workload' : `mesh-${position}`}.yaml`,
        text,
        group,
        marks,
      });
    }
  }
  files.length = count;
  for (const file of files) {
    const subset = file.marks.find((it) => it.resource.kind === 'VirtualService' && it.path.at(-1) === 'subset');
    const definition = subset && definitionOf(files, subset);
    if (definition && definition.file !== file.path) crossFile ??= { file: file.path, line: subset.line, definition };
    if (file.marks.some((it) => it.resource.kind === 'DestinationRule'))
      edit ??= { file: file.path, ...placesIn(file.marks, new Set(), kinds).edits[0] };
  }
  return { files: files.map(({ path, text }) => ({ path, text })), crossFile, edit };
}

function definitionOf(files, { resource, value }) {
  for (const { path, marks } of files) {
    for (const it of marks) {
      const isName = it.path[1] === 'subsets' && it.path.at(-1) === 'name' && it.path.length === 4;
      if (isName && it.value === value && it.resource.metadata.name === resource.metadata.name)
        return { file: path, line: it.line, column: it.valueEnd };
    }
  }
  return undefined;
}

// ---- Places to ask at ----------------------------------------------------------------------------------------------

/**
 * `edits`: ends of enum values and numbers, where one more sign makes them wrong. `newKeys`: lines before which a key of
 * the same map could stand, with keys that must be offered. `hovers`: keys that the schema describes. Places on the lines
 * of `taken` are left out.
 */
function placesIn(marks, taken, kinds) {
  const edits = [];
  const newKeys = [];
  const hovers = [];
  for (const mark of marks) {
    const { resource, path, line, column, isFirstOfItem } = mark;
    const kind = kinds.find((it) => it.kind === resource.kind && it.apiVersion === resource.apiVersion);
    if (!kind || path[0] !== 'spec' || path.length < 2 || typeof path.at(-1) === 'number' || taken.has(line)) continue;
    const schema = schemaAt(kind.schema, path);
    const parent = schemaAt(kind.schema, path.slice(0, -1));
    if (!schema || !parent?.properties) continue;
    const isWrongWithX =
      (schema.enum && typeof mark.value === 'string') || (schema.type === 'integer' && !schema.oneOf);
    if (isWrongWithX && mark.valueEnd) edits.push({ line, column: mark.valueEnd });
    if (schema.description) hovers.push({ line, column: column + 1 });
    if (isFirstOfItem || parent.oneOf || parent.anyOf || parent.allOf) continue;
    const siblings = marks.filter(
      (it) => it.resource === resource && sameKeys(it.path.slice(0, -1), path.slice(0, -1)),
    );
    const present = new Set(siblings.map((it) => it.path.at(-1)));
    const expected = Object.keys(parent.properties).filter((it) => !present.has(it));
    if (expected.length > 1) newKeys.push({ line, column, expected });
  }
  return { edits: spread(edits), newKeys: spread(newKeys), hovers: spread(hovers) };
}

/** At most forty places, evenly over the file, in an order that jumps about. */
function spread(places) {
  const count = Math.min(places.length, 40);
  const even = Array.from({ length: count }, (_, at) => places[Math.floor(((at + 0.5) * places.length) / count)]);
  return even.map((_, at) => even[(at * 23) % count]).filter((it, at, all) => all.indexOf(it) === at);
}

function plantMistakes(documents) {
  const mistakes = [];
  for (const [position, [kind, plant]] of plantings.entries()) {
    const free = documents.filter((it) => it.kind === kind && !mistakes.some((other) => other.resource === it));
    const resource = free[Math.floor((free.length * position) / plantings.length)];
    if (resource) mistakes.push({ resource, path: plant(resource.spec) });
  }
  return mistakes;
}

/** What is made wrong in a resource's spec, and the path where that shows. */
const plantings = [
  [
    'VirtualService',
    (spec) => {
      spec.http[0].timeOut = '10s';
      return ['spec', 'http', 0, 'timeOut'];
    },
  ],
  [
    'DestinationRule',
    (spec) => {
      spec.trafficPolicy.loadBalancer.simple = 'ROUND_ROBBIN';
      return ['spec', 'trafficPolicy', 'loadBalancer', 'simple'];
    },
  ],
  [
    'VirtualService',
    (spec) => {
      spec.http[0].retries.attempts = 'three';
      return ['spec', 'http', 0, 'retries', 'attempts'];
    },
  ],
  [
    'ServiceRouter',
    (spec) => {
      spec.routes[0].destination.timeout = '3s';
      return ['spec', 'routes', 0, 'destination', 'timeout'];
    },
  ],
  [
    'HTTPRoute',
    (spec) => {
      spec.rules[0].matches[0].method = 'FETCH';
      return ['spec', 'rules', 0, 'matches', 0, 'method'];
    },
  ],
  [
    'Server',
    (spec) => {
      spec.podSelectors = 'all';
      return ['spec', 'podSelectors'];
    },
  ],
];

// ---- Writing YAML --------------------------------------------------------------------------------------------------

/** The text of resources, and for each key and list item where it stands. */
function write(resources) {
  const lines = [];
  const marks = [];
  for (const resource of resources) {
    if (lines.length > 0) lines.push('---');
    map(resource, resource, [], '', '');
  }
  return { text: `${lines.join('\n')}\n`, marks };

  function map(resource, value, path, indent, lead) {
    let before = indent + lead;
    let isFirstOfItem = lead !== '';
    const inner = indent + ' '.repeat(lead.length);
    for (const [key, it] of Object.entries(value)) {
      const column = before.length;
      const head = `${before}${scalar(key)}:`;
      const mark = { resource, path: [...path, key], line: lines.length, column, isFirstOfItem };
      marks.push(mark);
      if (typeof it === 'object') {
        lines.push(head);
        if (Array.isArray(it)) list(resource, it, mark.path, `${inner}  `);
        else map(resource, it, mark.path, `${inner}  `, '');
      } else {
        lines.push(`${head} ${scalar(it)}`);
        mark.value = it;
        mark.valueEnd = lines.at(-1).length;
      }
      before = inner;
      isFirstOfItem = false;
    }
  }

  function list(resource, values, path, indent) {
    for (const [position, it] of values.entries()) {
      if (typeof it === 'object') map(resource, it, [...path, position], indent, '- ');
      else lines.push(`${indent}- ${scalar(it)}`);
    }
  }
}

function scalar(value) {
  const isPlain =
    typeof value !== 'string' || (/^[A-Za-z/.][\w./ =-]*$/.test(value) && !/^(?:true|false|null)$/.test(value));
  return isPlain ? String(value) : JSON.stringify(value);
}

function sameKeys(a, b) {
  return a.length === b.length && a.every((key, position) => key === b[position]);
}

function chunks(list, length) {
  return Array.from({ length: Math.ceil(list.length / length) }, (_, at) => list.slice(at * length, (at + 1) * length));
}

// ---- The company ---------------------------------------------------------------------------------------------------

const trades = ['cart', 'orders', 'billing', 'catalog', 'search', 'users', 'ledger', 'stock', 'shipping', 'reviews'];
const meshes = ['istio', 'istio', 'linkerd', 'consul'];

function service(number, random) {
  const mesh = meshes[number % meshes.length];
  const namespace = `${mesh}-${1 + (Math.floor(number / meshes.length) % 5)}`;
  const name = `${trades[number % trades.length]}-${number}`;
  return {
    number,
    mesh,
    namespace,
    name,
    port: 8000 + random(100),
    versions: ['v1', 'v2', 'v3'].slice(0, 2 + random(2)),
  };
}

function isCore({ apiVersion }) {
  return !apiVersion.includes('.');
}

/** All resources of a service: workload first, then what its mesh wants. */
function resourcesOf(it, random) {
  return [coreService(it), deployment(it, it.versions[0]), ...meshResources[it.mesh](it, random)];
}

function resource({ namespace }, apiVersion, kind, name, spec, labels) {
  return { apiVersion, kind, metadata: { name, namespace, ...(labels ? { labels } : {}) }, spec };
}

function coreService(it) {
  const ports = [{ name: 'http', port: it.port, targetPort: it.port, protocol: 'TCP' }];
  return resource(it, 'v1', 'Service', it.name, { selector: { app: it.name }, ports }, { app: it.name });
}

function deployment(it, version) {
  const labels = { app: it.name, version };
  const container = {
    name: 'app',
    image: `registry.example.com/${it.namespace}/${it.name}:1.4.2`,
    ports: [{ name: 'http', containerPort: it.port, protocol: 'TCP' }],
    resources: { requests: { cpu: '100m', memory: '128Mi' } },
  };
  const template = { metadata: { labels }, spec: { serviceAccountName: it.name, containers: [container] } };
  return resource(
    it,
    'apps/v1',
    'Deployment',
    `${it.name}-${version}`,
    { replicas: 2, selector: { matchLabels: labels }, template },
    labels,
  );
}

const meshResources = {
  istio: (it, random) => [
    destinationRule(it, random),
    virtualService(it, random),
    authorizationPolicy(it),
    ...(it.number % 3 === 0 ? [peerAuthentication(it, random)] : []),
  ],
  linkerd: (it) => [server(it), linkerdAuthorization(it), meshTls(it), httpRoute(it)],
  consul: (it, random) => [
    serviceDefaults(it),
    serviceResolver(it, random),
    serviceSplitter(it),
    serviceRouter(it),
    serviceIntentions(it),
  ],
};

const hostOf = ({ name, namespace }) => `${name}.${namespace}.svc.cluster.local`;

function destinationRule(it, random) {
  return resource(it, 'networking.istio.io/v1', 'DestinationRule', it.name, {
    host: hostOf(it),
    trafficPolicy: {
      loadBalancer: { simple: ['ROUND_ROBIN', 'LEAST_REQUEST', 'RANDOM'][random(3)] },
      connectionPool: {
        tcp: { maxConnections: 100 + random(900), connectTimeout: '3s' },
        http: { http1MaxPendingRequests: 64, maxRequestsPerConnection: 10, h2UpgradePolicy: 'UPGRADE' },
      },
      outlierDetection: { consecutive5xxErrors: 5, interval: '30s', baseEjectionTime: '60s', maxEjectionPercent: 50 },
      tls: { mode: 'ISTIO_MUTUAL' },
    },
    subsets: it.versions.map((version) => ({ name: version, labels: { version } })),
  });
}

function virtualService(it, random) {
  const to = (subset) => ({ host: hostOf(it), subset, port: { number: it.port } });
  const canary = {
    match: [{ uri: { prefix: `/api/${it.name}` }, headers: { 'x-canary': { exact: 'true' } } }],
    route: [{ destination: to('v2') }],
    retries: { attempts: 1 + random(5), perTryTimeout: '2s', retryOn: 'gateway-error' },
    fault: { delay: { percentage: { value: 1 }, fixedDelay: '5s' } },
  };
  const main = {
    name: 'main',
    route: [
      { destination: to('v1'), weight: 90 },
      { destination: to('v2'), weight: 10 },
    ],
    timeout: '10s',
    corsPolicy: { allowOrigins: [{ exact: 'https://shop.example.com' }], allowMethods: ['GET', 'POST'], maxAge: '24h' },
    headers: { response: { set: { 'x-served-by': it.name } } },
  };
  return resource(it, 'networking.istio.io/v1', 'VirtualService', it.name, {
    hosts: [hostOf(it)],
    gateways: ['mesh'],
    http: [canary, main],
  });
}

function authorizationPolicy(it) {
  const source = { principals: [`cluster.local/ns/${it.namespace}/sa/${it.name}`] };
  const operation = { methods: ['GET', 'POST'], paths: [`/api/${it.name}*`], ports: [String(it.port)] };
  return resource(it, 'security.istio.io/v1', 'AuthorizationPolicy', `${it.name}-allow`, {
    selector: { matchLabels: { app: it.name } },
    action: 'ALLOW',
    rules: [{ from: [{ source }], to: [{ operation }] }],
  });
}

function peerAuthentication(it, random) {
  return resource(it, 'security.istio.io/v1', 'PeerAuthentication', it.name, {
    selector: { matchLabels: { app: it.name } },
    mtls: { mode: ['STRICT', 'PERMISSIVE'][random(2)] },
  });
}

function server(it) {
  return resource(it, 'policy.linkerd.io/v1beta3', 'Server', `${it.name}-http`, {
    podSelector: {
      matchLabels: { app: it.name },
      matchExpressions: [{ key: 'tier', operator: 'NotIn', values: ['batch'] }],
    },
    port: 'http',
    proxyProtocol: 'HTTP/1',
  });
}

function linkerdAuthorization(it) {
  return resource(it, 'policy.linkerd.io/v1alpha1', 'AuthorizationPolicy', it.name, {
    targetRef: { group: 'policy.linkerd.io', kind: 'Server', name: `${it.name}-http` },
    requiredAuthenticationRefs: [
      { name: `${it.name}-clients`, kind: 'MeshTLSAuthentication', group: 'policy.linkerd.io' },
    ],
  });
}

function meshTls(it) {
  const identities = [`${it.name}.${it.namespace}.serviceaccount.identity.linkerd.cluster.local`];
  return resource(it, 'policy.linkerd.io/v1alpha1', 'MeshTLSAuthentication', `${it.name}-clients`, { identities });
}

function httpRoute(it) {
  return resource(it, 'policy.linkerd.io/v1beta3', 'HTTPRoute', it.name, {
    parentRefs: [{ name: it.name, kind: 'Service', group: 'core', port: it.port }],
    rules: [
      {
        matches: [{ path: { type: 'PathPrefix', value: `/${it.name}` }, method: 'GET' }],
        filters: [
          { type: 'RequestHeaderModifier', requestHeaderModifier: { set: [{ name: 'x-route', value: it.name }] } },
        ],
        backendRefs: [
          { name: it.name, port: it.port, weight: 90 },
          { name: it.name, port: it.port, weight: 10 },
        ],
        timeouts: { request: '10s', backendRequest: '3s' },
      },
    ],
  });
}

const consul = 'consul.hashicorp.com/v1alpha1';

function serviceDefaults(it) {
  return resource(it, consul, 'ServiceDefaults', it.name, {
    protocol: 'http',
    mutualTLSMode: 'strict',
    maxInboundConnections: 512,
    upstreamConfig: { defaults: { connectTimeoutMs: 5000, limits: { maxConnections: 100, maxPendingRequests: 50 } } },
  });
}

function serviceResolver(it, random) {
  return resource(it, consul, 'ServiceResolver', it.name, {
    defaultSubset: 'v1',
    subsets: Object.fromEntries(
      it.versions.map((version) => [version, { filter: `Service.Meta.version == ${version}`, onlyPassing: true }]),
    ),
    connectTimeout: '15s',
    loadBalancer: { policy: 'least_request', leastRequestConfig: { choiceCount: 2 + random(3) } },
  });
}

function serviceSplitter(it) {
  return resource(it, consul, 'ServiceSplitter', it.name, {
    splits: [
      { weight: 90, serviceSubset: 'v1' },
      { weight: 10, serviceSubset: 'v2', responseHeaders: { set: { 'x-split': 'canary' } } },
    ],
  });
}

function serviceRouter(it) {
  return resource(it, consul, 'ServiceRouter', it.name, {
    routes: [
      {
        match: {
          http: { pathPrefix: `/${it.name}/admin`, methods: ['GET', 'PUT'], header: [{ name: 'x-debug', exact: '1' }] },
        },
        destination: {
          service: it.name,
          serviceSubset: 'v2',
          prefixRewrite: '/',
          requestTimeout: '10s',
          numRetries: 3,
        },
      },
    ],
  });
}

function serviceIntentions(it) {
  const permissions = [{ action: 'deny', http: { pathPrefix: '/admin', methods: ['DELETE'] } }];
  return resource(it, consul, 'ServiceIntentions', it.name, {
    destination: { name: it.name },
    sources: [
      { name: 'web', action: 'allow' },
      { name: '*', permissions },
    ],
  });
}

/** Whole numbers below a bound, the same ones for the same seed (a linear congruential generator). */
function randomNumbers(seed) {
  let state = (seed * 2654435761) >>> 0;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}
