/**
 * What routes and policies decide, before and after a conversion. A small model of Linkerd's proxy answers requests from
 * what is written, a model of the source from what was meant; random rules, all requests of a small world.
 */

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import fc from '../../harness/fast-check.ts';
import type { PathMatch } from '../../../server/src/model/ir.ts';
import { isOfKind } from '../../../server/src/model/kind.ts';
import { allResources } from '../../../server/src/model/manifest.ts';
import { leavesOf } from '../../../server/src/model/report.ts';
import { pathText } from '../../../server/src/model/text.ts';
import { fieldRowFor } from '../../../server/src/meshes/ideas.ts';
import { type GatewayMatch, prefixOf } from '../../../server/src/meshes/kubernetes/gateway/convert/matches.ts';
import {
  type Atom,
  guardOrder,
  inFirstMatchOrder,
} from '../../../server/src/meshes/kubernetes/gateway/convert/order.ts';
import {
  readDuration,
  wholeWeights,
  writeDuration,
} from '../../../server/src/meshes/kubernetes/gateway/convert/routes.ts';
import { accessTable, type TableRule } from '../../../server/src/meshes/linkerd/convert/access-table.ts';
import type { Who } from '../../../server/src/meshes/linkerd/convert/clients.ts';
import { pathOf } from '../../../server/src/meshes/linkerd/convert/path-cells.ts';
import { linkerd } from '../../../server/src/meshes/linkerd/linkerd.ts';
import { workspaceOf } from '../../harness/conversion.ts';

interface Request {
  readonly path: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
}

const requests: readonly Request[] = ['/', '/a', '/ab', '/a/', '/a/b', '/a/b/c', '/c', '/abc'].flatMap((path) =>
  ['GET', 'POST', 'PUT'].flatMap((method) =>
    [{}, { x: '1' }, { x: '2' }, { y: '1' }, { x: '1', y: '1' }].map((headers) => ({ path, method, headers })),
  ),
);

/** Whether a match of a route takes a request, as linkerd2-proxy sees it. */
function takes({ path, method, headers }: GatewayMatch, request: Request): boolean {
  if (method !== undefined && method !== request.method) return false;
  for (const { name, type, value } of headers ?? []) {
    const found = request.headers[name];
    if (found === undefined || (type === 'Exact' ? found !== value : !new RegExp(`^(?:${value})$`).test(found)))
      return false;
  }
  if (path?.type === 'Exact') return path.value === request.path;
  if (path?.type === 'RegularExpression') return new RegExp(`^(?:${path.value})$`).test(request.path);
  const prefix = prefixOf(path);
  return request.path === prefix || request.path.startsWith(`${prefix}/`) || prefix === '';
}

/** The match that counts: the longest matched path, then headers, then a method; of equals all. */
function mostSpecific<T extends { readonly match: GatewayMatch }>(all: readonly T[], request: Request): readonly T[] {
  const rank = ({ path, headers, method }: GatewayMatch) => [
    path && path.type !== 'PathPrefix' ? request.path.length : Math.max(prefixOf(path).length, 1),
    headers?.length ?? 0,
    method === undefined ? 0 : 1,
  ];
  const compare = (a: readonly number[], b: readonly number[]) =>
    a.map((it, at) => it - (b[at] ?? 0)).find((it) => it !== 0) ?? 0;
  const fitting = all.filter((it) => takes(it.match, request));
  const [best] = fitting.map((it) => rank(it.match)).sort((a, b) => compare(b, a));
  return best ? fitting.filter((it) => compare(rank(it.match), best) === 0) : [];
}

const matches: fc.Arbitrary<GatewayMatch> = fc.record(
  {
    path: fc.constantFrom(
      { type: 'Exact' as const, value: '/a' },
      { type: 'Exact' as const, value: '/a/b' },
      { type: 'PathPrefix' as const, value: '/' },
      { type: 'PathPrefix' as const, value: '/a' },
      { type: 'PathPrefix' as const, value: '/a/b' },
      { type: 'RegularExpression' as const, value: '/a.*' },
      { type: 'RegularExpression' as const, value: '/[ac]' },
    ),
    method: fc.constantFrom('GET', 'POST'),
    headers: fc.constantFrom(
      [{ type: 'Exact' as const, name: 'x', value: '1' }],
      [{ type: 'Exact' as const, name: 'x', value: '2' }],
      [{ type: 'Exact' as const, name: 'y', value: '1' }],
    ),
  },
  { requiredKeys: [] },
);

const lists = fc.array(fc.array(matches, { minLength: 1, maxLength: 2 }), { minLength: 1, maxLength: 4 });

function atomsOf(list: readonly (readonly GatewayMatch[])[]): readonly Atom<number>[] {
  return list.flatMap((rule, at) => rule.map((match) => ({ match: { ...match }, rule: at })));
}

test('Of rules in a list the same one gets a request once they are routes, or the report says which are not', () => {
  fc.assert(
    fc.property(lists, (list) => {
      const atoms = atomsOf(list);
      const guarded = guardOrder(atoms, [...list.keys()], 'linkerd');
      const doubtful = new Set(guarded.inverted.flat().map((it) => it.rule));
      for (const request of requests) {
        const meant = atoms.find((it) => takes(it.match, request))?.rule;
        const [got] = mostSpecific(guarded.atoms, request);
        if (got?.rule === meant) continue;
        if (!doubtful.has(meant ?? -1) || !doubtful.has(got?.rule ?? -1))
          assert.fail(JSON.stringify({ request, meant, got: got?.rule, written: guarded.atoms }));
      }
    }),
    { numRuns: 400, seed: 11 },
  );
});

test('Paths, methods and headers of common shapes need no guess about the order', () => {
  const common = matches.filter((it) => it.path?.type !== 'RegularExpression');
  fc.assert(
    fc.property(fc.array(fc.array(common, { minLength: 1, maxLength: 2 }), { minLength: 1, maxLength: 4 }), (list) => {
      const guarded = guardOrder(atomsOf(list), [...list.keys()], 'linkerd');
      assert.deepEqual(guarded.inverted, []);
    }),
    { numRuns: 500, seed: 12 },
  );
});

test('Of routes the same rule gets a request once they are a list', () => {
  fc.assert(
    fc.property(lists, (list) => {
      const atoms = atomsOf(list);
      const ordered = inFirstMatchOrder(atoms, 'linkerd');
      for (const request of requests) {
        const [meant] = mostSpecific(atoms, request);
        const got = ordered.find((it) => takes(it.match, request));
        if (got?.rule !== meant?.rule) assert.fail(JSON.stringify({ request, list, ordered }));
      }
    }),
    { numRuns: 400, seed: 13 },
  );
});

// ---- Access --------------------------------------------------------------------------------------------------------

const accounts = ['one', 'two', 'three'].map((name) => ({ type: 'account' as const, namespace: 'shop', name }));

const paths: fc.Arbitrary<PathMatch> = fc.constantFrom(
  { type: 'exact', value: '/' },
  { type: 'exact', value: '/a' },
  { type: 'exact', value: '/a/b' },
  { type: 'prefix', value: '/' },
  { type: 'prefix', value: '/a' },
  { type: 'prefix', value: '/a/' },
  { type: 'prefix', value: '/ab' },
  { type: 'segments', value: '/a' },
);
const methods = fc.constantFrom('GET', 'POST');
const header = fc.record({
  text: fc.constantFrom(
    { type: 'Exact' as const, name: 'x', value: '1' },
    { type: 'Exact' as const, name: 'y', value: '1' },
  ),
  isAbsent: fc.boolean(),
});
const operation = fc.record({
  paths: fc.array(paths, { maxLength: 2 }),
  notPaths: fc.array(paths, { maxLength: 1 }),
  methods: fc.array(methods, { maxLength: 1 }),
  notMethods: fc.array(methods, { maxLength: 1 }),
  headers: fc.array(header, { maxLength: 1 }),
});
const who: fc.Arbitrary<Who> = fc.oneof(
  fc.constant({ type: 'anyone' as const }),
  fc.constant({ type: 'authenticated' as const }),
  fc.subarray(accounts, { minLength: 1, maxLength: 2 }).map((identities) => ({ type: 'named' as const, identities })),
);
const named: fc.Arbitrary<Who> = fc
  .subarray(accounts, { minLength: 1, maxLength: 1 })
  .map((identities) => ({ type: 'named' as const, identities }));
const effects = fc.constantFrom('allow' as const, 'deny' as const);

function ruleOf(client: fc.Arbitrary<Who>): fc.Arbitrary<TableRule> {
  return fc.record({
    effect: effects,
    who: client,
    notWho: fc.constant(undefined),
    networks: fc.constant([]),
    notNetworks: fc.constant([]),
    operations: fc.array(operation, { maxLength: 2 }),
  });
}

type Client = (typeof accounts)[number] | 'stranger' | 'unauthenticated';
const clients: readonly Client[] = [...accounts, 'stranger', 'unauthenticated'];

function isAmong(client: Client, set: Who): boolean {
  if (set.type === 'anyone') return true;
  if (client === 'unauthenticated') return false;
  if (set.type === 'authenticated') return true;
  return client !== 'stranger' && set.identities.some((it) => it.type === 'account' && it.name === client.name);
}

function pathTakes(path: PathMatch, request: string): boolean {
  if (path.type === 'exact') return path.value === request;
  if (path.type === 'prefix') return request.startsWith(path.value);
  return request === path.value || request.startsWith(`${path.value}/`);
}

function isMet({ operations }: TableRule, { path, method, headers }: Request): boolean {
  return (
    operations.length === 0 ||
    operations.some(
      (it) =>
        (it.paths.length === 0 || it.paths.some((one) => pathTakes(one, path))) &&
        !it.notPaths.some((one) => pathTakes(one, path)) &&
        (it.methods.length === 0 || it.methods.includes(method)) &&
        !it.notMethods.includes(method) &&
        it.headers.every(({ text, isAbsent }) => (headers[text.name] === text.value) !== isAbsent),
    )
  );
}

/** What the table lets through, asked the way Linkerd asks: every route that may count must agree. */
function admitted(table: ReturnType<typeof accessTable>, request: Request, client: Client): readonly boolean[] {
  const rows = table.rows.map((row) => ({
    row,
    match: {
      path: pathOf(row.cell, table.cells),
      ...(row.headers.length > 0 ? { headers: row.headers } : {}),
      ...(row.method === undefined ? {} : { method: row.method }),
    },
  }));
  const best = mostSpecific(rows, request);
  if (best.length === 0) return [false];
  return best.map(({ row }) => row.grants.some((it) => isAmong(client, it.who)));
}

test('Policies of Istio let in the same clients, and never more where "all but some" has to name accounts', () => {
  fc.assert(
    fc.property(fc.array(ruleOf(who), { minLength: 1, maxLength: 4 }), (rules) => {
      const isOpen = rules.every((it) => it.effect === 'deny');
      const table = accessTable({ model: 'any', rules, isOpen, isStrict: false, probes: [], accounts });
      for (const request of requests) {
        for (const client of clients) {
          const meets = (effect: 'allow' | 'deny') =>
            rules.some((it) => it.effect === effect && isAmong(client, it.who) && isMet(it, request));
          const meant = !meets('deny') && (isOpen || meets('allow'));
          const got = admitted(table, request, client);
          const isKnown = client !== 'stranger' && client !== 'unauthenticated';
          // Clients that no policy can name may be refused in place of a denied account, never let in.
          if ((isKnown || !meant) && got.some((it) => it !== meant))
            assert.fail(JSON.stringify({ request, client, meant, got, rules, rows: table.rows }));
        }
      }
    }),
    { numRuns: 150, seed: 21 },
  );
});

test('Intentions of Consul let in the same clients: the first permission of the most exact source counts', () => {
  const rule = fc.oneof(ruleOf(named), ruleOf(fc.constant({ type: 'authenticated' as const })));
  fc.assert(
    fc.property(fc.array(rule, { minLength: 1, maxLength: 5 }), fc.boolean(), (rules, isOpen) => {
      const table = accessTable({ model: 'first', rules, isOpen, isStrict: false, probes: [], accounts });
      for (const request of requests) {
        for (const client of accounts) {
          const own = rules.filter((it) => it.who.type === 'named' && isAmong(client, it.who));
          const others = rules.filter((it) => it.who.type !== 'named');
          const first = (own.length > 0 ? own : others).find((it) => isMet(it, request));
          const meant = first ? first.effect === 'allow' : isOpen;
          const got = admitted(table, request, client);
          if (got.some((it) => it !== meant))
            assert.fail(JSON.stringify({ request, client, meant, got, rules, rows: table.rows }));
        }
      }
    }),
    { numRuns: 150, seed: 22 },
  );
});

test('Strict mTLS keeps out whoever shows no identity, whatever the rules say', () => {
  fc.assert(
    fc.property(fc.array(ruleOf(who), { minLength: 1, maxLength: 3 }), (rules) => {
      const table = accessTable({ model: 'any', rules, isOpen: false, isStrict: true, probes: [], accounts });
      for (const request of requests) assert.ok(!admitted(table, request, 'unauthenticated').includes(true));
    }),
    { numRuns: 200, seed: 23 },
  );
});

test('Probes are let in though nobody else is', () => {
  const table = accessTable({
    model: 'any',
    rules: [
      {
        effect: 'allow',
        who: { type: 'named', identities: accounts.slice(0, 1) },
        notWho: undefined,
        networks: [],
        notNetworks: [],
        operations: [
          { paths: [{ type: 'prefix', value: '/a' }], notPaths: [], methods: [], notMethods: [], headers: [] },
        ],
      },
    ],
    isOpen: false,
    isStrict: true,
    probes: ['/a/b'],
    accounts,
  });
  const ask = (path: string, method: string) => admitted(table, { path, method, headers: {} }, 'unauthenticated');
  assert.deepEqual(ask('/a/b', 'GET'), [true]);
  assert.deepEqual(ask('/a/b', 'POST'), [false]);
  assert.deepEqual(ask('/a', 'GET'), [false]);
});

// ---- The table of fields -------------------------------------------------------------------------------------------

test('Every field that the samples write has its row in the table, and every row is about a kind that is read', () => {
  const folder = path.resolve('samples/linkerd');
  const names = readdirSync(folder).filter((it) => it.endsWith('.yaml') && it !== 'kustomization.yaml');
  const workspace = workspaceOf(new Map(names.map((it) => [it, readFileSync(path.join(folder, it), 'utf8')])));
  const kinds = [...linkerd.kinds, ...linkerd.shares];
  for (const manifest of workspace.manifests.values())
    for (const resource of allResources(manifest))
      if (kinds.some((it) => isOfKind(resource, it)))
        for (const leaf of leavesOf(resource))
          assert.ok(fieldRowFor(linkerd.fields, resource, leaf), `${resource.kind} ${pathText(leaf)} has no row.`);
  for (const { kind } of linkerd.fields) assert.ok(kinds.includes(kind), `${kind.name} is not read.`);
});

// ---- Small things --------------------------------------------------------------------------------------------------

test('Durations are one number and one unit, and mean what they meant', () => {
  assert.equal(writeDuration(90_000), '90s');
  assert.equal(writeDuration(1500), '1500ms');
  assert.equal(writeDuration(0.25), '1ms');
  assert.equal(writeDuration(123_456), '124s');
  assert.equal(writeDuration(99_999_000), '99999s');
  assert.equal(readDuration('1h30m'), 5_400_000);
  assert.equal(readDuration('soon'), undefined);
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 200_000_000 }), (millis) => {
      const written = writeDuration(millis);
      assert.match(written, /^\d{1,5}(?:ms|s|m|h)$/);
      assert.ok((readDuration(written) ?? 0) >= millis);
    }),
  );
});

test('Weights stay in relation: percents where they come out even, else the smallest whole numbers', () => {
  const weights = (...values: number[]) => wholeWeights(values).weights;
  assert.deepEqual(weights(800, 200), [80, 20]);
  assert.deepEqual(weights(90.5, 9.5), [181, 19]);
  assert.deepEqual(weights(1, 1), [50, 50]);
  assert.deepEqual(weights(2, 4, 6), [1, 2, 3]);
  assert.deepEqual(weights(0, 0), [0, 0]);
  assert.equal(wholeWeights([1_999_999, 1]).isRounded, true);
});
