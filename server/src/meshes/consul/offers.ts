/** What the workspace has for Consul's weights. */

import type { Offer } from '../../model/offer.ts';
import { shareOffer } from '../kubernetes/common/offers.ts';
import { ServiceSplitter } from './kinds.ts';

export const offers: readonly Offer[] = [shareOffer(ServiceSplitter, 'spec.splits[*].weight')];
