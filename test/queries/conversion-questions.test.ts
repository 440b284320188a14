/** Which options a conversion depends on. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DialectId } from '../../server/src/meshes/mesh.ts';
import { type Question, questionsFor } from '../../server/src/queries/conversion-questions.ts';
import type { ConvertOptions } from '../../server/src/model/convert-options.ts';
import { uriOf, workspaceOf } from '../harness/conversion.ts';

function ask(text: string, to: DialectId, options: Partial<ConvertOptions> = {}): readonly Question[] {
  const workspace = workspaceOf(new Map([['page.yaml', text]]));
  return [...questionsFor(workspace, { uris: [uriOf('page.yaml')] }, to, options)].filter((it) => it !== undefined);
}

const route =
  'apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: { name: reviews, namespace: shop }\nspec:\n  hosts: [reviews]\n  http: [{ route: [{ destination: { host: reviews } }] }]\n';
const service =
  '---\napiVersion: v1\nkind: Service\nmetadata: { name: reviews, namespace: shop }\nspec: { selector: { app: reviews }, ports: [{ port: 80 }] }\n';
const gateway =
  'apiVersion: networking.istio.io/v1\nkind: Gateway\nmetadata: { name: front, namespace: shop }\nspec:\n  selector: { istio: ingressgateway }\n  servers: [{ port: { number: 80, name: http, protocol: HTTP }, hosts: [shop.example.com] }]\n';

test('a port is asked for where no file tells it', () => {
  const question = ask(route, 'linkerd').find((it) => it.option === 'defaultPort');
  assert.deepEqual([question?.current, question?.answers], [undefined, []]);
  assert.equal(
    ask(route + service, 'linkerd').some((it) => it.option === 'defaultPort'),
    false,
  );
});

test('a class is asked for once', () => {
  assert.ok(ask(gateway, 'linkerd').some((it) => it.option === 'ingressClass'));
  assert.equal(
    ask(gateway, 'linkerd', { ingressClass: 'nginx' }).some((it) => it.option === 'ingressClass'),
    false,
  );
});

test('a choice tells what each value leads to', () => {
  const intentions =
    'apiVersion: consul.hashicorp.com/v1alpha1\nkind: ServiceIntentions\nmetadata: { name: reviews, namespace: shop }\nspec: { destination: { name: reviews }, sources: [{ name: web, action: deny }] }\n';
  const workloads = ['reviews', 'web']
    .map(
      (it) =>
        `---\napiVersion: apps/v1\nkind: Deployment\nmetadata: { name: ${it}, namespace: shop }\nspec: { template: { metadata: { labels: { app: ${it} } }, spec: { serviceAccountName: ${it}, containers: [{ name: ${it} }] } } }\n`,
    )
    .join('');
  const question = ask(intentions + service + workloads, 'istio').find((it) => it.option === 'consulDefaultPolicy');
  assert.equal(question?.current, 'unknown');
  assert.deepEqual(
    question?.answers.map((it) => it.value),
    ['unknown', 'allow', 'deny'],
  );
  for (const { words } of question?.answers ?? []) assert.match(words, /\.$/);
});

test('nothing is asked of what nothing is known', () => {
  assert.deepEqual(ask(service, 'linkerd'), []);
});
