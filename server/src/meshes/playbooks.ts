/** The playbooks of all meshes, with what else the seed of the comparison has for operators. */

import type { MeshId } from '../model/mesh-id.ts';
import { consul } from './playbooks/consul.ts';
import { istio } from './playbooks/istio.ts';
import { linkerd } from './playbooks/linkerd.ts';
import type { Playbook, Topic } from './playbooks/playbook.ts';

/** The day whose commands the playbooks hold. */
export const playbooksAsOf = '2026-08-22';

export const playbooks: Readonly<Record<MeshId, Readonly<Record<Topic, Playbook>>>> = { istio, linkerd, consul };
