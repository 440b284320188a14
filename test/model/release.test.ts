/** Releases: what is newer than what, as far as two can be compared. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { isRelease, neededRelease } from '../../server/src/model/release.ts';
import { defaultSettings, readSettings, settingProblems } from '../../server/src/model/settings.ts';

describe('a release', () => {
  test('is older than what came later, number by number', () => {
    for (const [since, release] of [
      ['1.25', '1.24'],
      ['1.25', '1.9.10'],
      ['1.25', 'v1.24.3'],
      ['2.0', '1.31'],
      ['1.20.1', '1.20.0'],
      ['2.18', 'stable-2.14.10'],
      ['edge-25.4.1', 'edge-24.11.8'],
      ['1.31', '1.30-alpha'],
    ] as const)
      assert.equal(neededRelease(since, release), since, `${since} in ${release}`);
  });

  test('has what came in it, before it, or in one of its patches', () => {
    for (const [since, release] of [
      ['1.24', '1.24'],
      ['1.24', '1.24.0'],
      ['1.24', '1.25'],
      ['1.9', '1.10'],
      ['1.20.1', '1.20'],
    ] as const)
      assert.equal(neededRelease(since, release), undefined, `${since} in ${release}`);
  });

  test('is not compared with what is counted otherwise', () => {
    for (const [since, release] of [
      ['2.18', 'edge-25.4.1'],
      ['edge-25.4.1', '2.18'],
      ['v1alpha3', '1.2'],
      ['1.24 (stable)', '1.20'],
      ['long ago', '1.20'],
      ['', '1.20'],
      ['1.25', 'latest'],
    ] as const)
      assert.equal(neededRelease(since, release), undefined, `${since} in ${release}`);
  });

  test('of the Gateway API has fields by channel', () => {
    assert.equal(neededRelease('1.4 (experimental 1.2)', '1.1', 'standard'), '1.4');
    assert.equal(neededRelease('1.4 (experimental 1.2)', '1.1', 'experimental'), '1.2');
    assert.equal(neededRelease('1.4 (experimental 1.2)', '1.3', 'standard'), '1.4');
    assert.equal(neededRelease('1.4 (experimental 1.2)', '1.3'), undefined);
    assert.equal(neededRelease('1.4, experimental', '1.3'), '1.4');
    assert.equal(neededRelease('1.4, experimental', '1.3', 'standard'), undefined, 'the channel alone decides');
    assert.equal(neededRelease('1.2', '1.1', 'standard'), '1.2');
  });

  test('is numbers with dots between', () => {
    for (const it of ['1.24', 'v1.24.1', 'edge-25.4.1', 'stable-2.14.0', '1.31.0-rc.0', '1.20.1+ent'])
      assert.ok(isRelease(it), it);
    for (const it of ['', '1', 'new', '1.x', '1.24 ', 'edge', '.1']) assert.ok(!isRelease(it), it);
  });
});

describe('settings', () => {
  test('that make sense are no problem, nor are those that are not set', () => {
    const good = { releases: { istio: '1.24', linkerd: 'edge-25.4.1', consul: '', gatewayApiChannel: 'standard' } };
    for (const it of [undefined, null, 5, {}, defaultSettings, good]) assert.deepEqual(settingProblems(it), []);
    assert.deepEqual(readSettings(good).releases, {
      istio: '1.24',
      linkerd: 'edge-25.4.1',
      gatewayApiChannel: 'standard',
    });
  });

  test('that make none are told by name, and their defaults hold', () => {
    const wrong = {
      defaultNamespace: '',
      rules: [],
      inlayHints: { host: 'yes' },
      releases: { istio: 1.24, gatewayApiChannel: 'alpha', cilium: '1.16' },
    };
    assert.deepEqual(settingProblems(wrong), [
      'Setting "meshwright.defaultNamespace" must be a name, not "".',
      'Setting "meshwright.rules" must be an object, not [].',
      'Setting "meshwright.inlayHints.host" must be true or false, not "yes".',
      'Setting "meshwright.releases.istio" must be a release of Istio in quotes such as "1.24", not 1.24.',
      'Setting "meshwright.releases.gatewayApiChannel" must be "standard" or "experimental", not "alpha".',
      'Setting "meshwright.releases" knows istio, linkerd, consul, gatewayApi, gatewayApiChannel, not "cilium".',
    ]);
    assert.deepEqual(readSettings(wrong), defaultSettings);
  });
});
