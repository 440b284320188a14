/** `meshwright playbook`, run as an operator would: a list, a playbook with names filled in, and what happens to slips. */

import assert from 'node:assert/strict';
import { tmpdir } from 'node:os';
import { test } from 'node:test';
import { meshwright } from './shell.ts';

const playbook = (...args: readonly string[]) => meshwright(['playbook', ...args], { cwd: tmpdir() });

test('without names it lists what there is', () => {
  const { code, stdout, stderr } = playbook();
  assert.equal(stderr, '');
  assert.equal(code, 0);
  for (const it of ['istio install', 'linkerd multi-cluster', 'consul migrate']) assert.ok(stdout.includes(it), it);
  assert.equal(JSON.parse(playbook('consul', '--format', 'json').stdout).length, 6);
});

test('names of one’s own stand in the commands, quoted where a shell would read more in them', () => {
  const { code, stdout } = playbook('istio', 'inject', '--namespace', 'shop', '--context', "o'hara prod");
  assert.equal(code, 0);
  assert.match(stdout, /kubectl --context 'o'\\''hara prod' label namespace shop istio-injection=enabled/);
  assert.match(stdout, /kubectl --context .* rollout restart deployment,statefulset,daemonset -n shop/);
});

test('a command of older guides that is gone says so, and what is there now', () => {
  const { stdout } = playbook('istio', 'install');
  assert.match(stdout.replaceAll(/\s+/g, ' '), /Guides: istioctl verify-install – is gone\. Gone since 1\.24/);
  assert.match(stdout, /istioctl install --set profile=default --verify -y/);
});

test('what has to be filled in stands in capitals, and the text says by which flag', () => {
  const { stdout } = playbook('linkerd', 'multi-cluster');
  assert.match(stdout, /linkerd --context CLUSTER2 multicluster link-gen/);
  assert.match(stdout, /--cluster2 +Second cluster: to be filled in/);
});

test('Markdown is a runbook with boxes to tick', () => {
  const { stdout } = playbook('consul', 'install', '--format', 'markdown');
  assert.match(stdout, /^# Consul: Install\n/);
  assert.match(stdout, /## 1\. Write the values\n\n- \[ \] /);
  assert.match(stdout, /```yaml\nglobal:\n {2}name: consul\n/);
  assert.match(stdout, /> Guides of 2023: `controller: \{enabled: true\}` has no effect\./);
});

test('JSON holds each command with what is missing', () => {
  const { steps } = JSON.parse(playbook('istio', 'troubleshoot', '--format', 'json').stdout);
  const one = steps.find((it: { readonly id: string }) => it.id === 'one-proxy').actions[0];
  assert.equal(one.text, 'istioctl proxy-config cluster POD.default');
  assert.deepEqual(one.missing, ['pod']);
});

test('best practices and drawings are there in words', () => {
  assert.match(playbook('istio', 'practices').stdout, /✓ Release by canary[\s\S]*istio\/route-weights/);
  assert.match(playbook('istio', 'architecture').stdout, /ambient mode[\s\S]*ztunnel/);
  assert.match(playbook('consul', 'architecture', '--format', 'markdown').stdout, /No longer so: Agents/);
});

test('a slip of the fingers is told the nearest name', () => {
  assert.deepEqual(playbook('isto', 'install'), {
    code: 2,
    stdout: '',
    stderr: 'There is no mesh "isto". Did you mean "istio"?\n',
  });
  assert.match(playbook('istio', 'instal').stderr, /no playbook "instal"\. Did you mean "install"\?/);
  assert.match(playbook('istio', 'xyz').stderr, /There are install, inject/);
});

test('values that are no names are refused, and so are flags that have no place', () => {
  assert.match(playbook('istio', 'inject', '--namespace', 'a b').stderr, /^Namespace must be the name of a namespace/);
  assert.match(playbook('istio', 'inject', '--context', 'a\nb').stderr, /must stand on one line/);
  assert.match(playbook('istio', 'inject', '--context=--all').stderr, /must not begin with -/);
  const { code, stderr } = playbook('istio', 'inject', '--pod', 'x');
  assert.equal(code, 2);
  assert.match(stderr, /--pod has no place in "istio inject"\. --namespace, --context have one\./);
});
