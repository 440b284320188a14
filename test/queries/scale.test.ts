/** Workspaces of thousands of resources: what rules look up must not make each of them ask all others. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { diagnose } from '../../server/src/queries/diagnose.ts';
import { uriOf, workspaceOf } from '../harness/check.ts';

/** Work in ms; waiting does not count, since other tests may keep the machine busy. */
function workOf(action: () => void): number {
  const started = process.cpuUsage();
  action();
  const { user, system } = process.cpuUsage(started);
  return (user + system) / 1_000;
}

const documents = (count: number, one: (at: number) => string) =>
  Array.from({ length: count }, (_, at) => one(at)).join('---\n');

const virtualService = (name: string, hosts: string, more = '') =>
  `apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: { name: ${name}, namespace: shop }\nspec: { hosts: [${hosts}]${more} }\n`;

describe('rules on thousands of resources', () => {
  test('Servers look for their pods among those of their namespace', () => {
    const text = documents(
      3_000,
      (at) => `apiVersion: policy.linkerd.io/v1beta3
kind: Server
metadata: { name: a${at}, namespace: n${at % 100} }
spec: { port: 80, podSelector: { matchLabels: { app: a${at} } } }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: a${at}, namespace: n${at % 100} }
spec: { template: { metadata: { labels: { app: a${at} } } } }
`,
    );
    const workspace = workspaceOf(new Map([['a.yaml', text]]));
    const work = workOf(() => assert.deepEqual(diagnose(workspace, uriOf('a.yaml')), []));
    assert.ok(work < 2_000, `${Math.round(work)} ms`);
  });

  test('hosts of VirtualServices are compared with wildcards and with what is kept, not with each other', () => {
    const hosts = (letter: string) =>
      Array.from({ length: 20_000 }, (_, at) => `${letter}${at}.example.com`).join(', ');
    const text = [
      virtualService('a', hosts('a')),
      virtualService('b', hosts('b'), ', exportTo: [.]'),
      virtualService('c', '"*.example.org"'),
    ].join('---\n');
    const workspace = workspaceOf(new Map([['a.yaml', text]]));
    const work = workOf(() => diagnose(workspace, uriOf('a.yaml')));
    assert.ok(work < 2_000, `${Math.round(work)} ms`);
  });

  test('thousands of VirtualServices of one host name a few of the others', () => {
    const text = documents(2_000, (at) => virtualService(`a${at}`, 'reviews'));
    const workspace = workspaceOf(new Map([['a.yaml', text]]));
    let found: ReturnType<typeof diagnose> = [];
    const work = workOf(() => {
      found = diagnose(workspace, uriOf('a.yaml')).filter((it) => it.code === 'istio/virtualservice-conflicting-hosts');
    });
    assert.equal(found.length, 2_000);
    assert.match(found[0]?.message ?? '', /"shop\/a10" and others;/);
    assert.ok(work < 2_000, `${Math.round(work)} ms`);
  });

  test('thousands of the same name are not all compared with each other', () => {
    const text = documents(2_000, (at) => virtualService('a', `h${at}`));
    const workspace = workspaceOf(new Map([['a.yaml', text]]));
    let found: ReturnType<typeof diagnose> = [];
    const work = workOf(() => {
      found = diagnose(workspace, uriOf('a.yaml')).filter((it) => it.code === 'common/duplicate-resource');
    });
    assert.equal(found.length, 2_000);
    assert.equal(found[0]?.related.length, 20);
    assert.ok(work < 2_000, `${Math.round(work)} ms`);
  });
});
