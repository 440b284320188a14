/** Istio's rules, in the order in which findings are reported. */

import type { Rule } from '../../../model/rule.ts';
import { destinationHostNotFound } from './destination-host-not-found.ts';
import { destinationPortRequired } from './destination-port-required.ts';
import { matchWithWildcard } from './match-with-wildcard.ts';
import { mirrorHostNotFound } from './mirror-host-not-found.ts';
import { namespaceMultipleInjectionLabels } from './namespace-multiple-injection-labels.ts';
import { outlierConsecutiveErrorsDeprecated } from './outlier-consecutive-errors-deprecated.ts';
import { policyHttpUnseen } from './policy-http-unseen.ts';
import { portNameMisspelt } from './port-name-misspelt.ts';
import { routeWeights } from './route-weights.ts';
import { subsetNotDefined } from './subset-not-defined.ts';
import { virtualserviceConflictingHosts } from './virtualservice-conflicting-hosts.ts';
import { virtualserviceGatewayNotFound } from './virtualservice-gateway-not-found.ts';
import { virtualserviceWithoutRoute } from './virtualservice-without-route.ts';

export const rules: readonly Rule[] = [
  destinationHostNotFound,
  mirrorHostNotFound,
  subsetNotDefined,
  destinationPortRequired,
  virtualserviceGatewayNotFound,
  virtualserviceConflictingHosts,
  virtualserviceWithoutRoute,
  matchWithWildcard,
  routeWeights,
  outlierConsecutiveErrorsDeprecated,
  policyHttpUnseen,
  portNameMisspelt,
  namespaceMultipleInjectionLabels,
];
