import type { CatalogApp } from '../../../src/catalog/types.js';
import { readAppSettings } from '../../../src/lb/labels/read-settings.js';
import type { AppSettings, ReadingRules, ServiceSettings } from '../../../src/lb/labels/service-settings.js';
import { catalogApp } from '../../support/fake-catalog.js';

/** `/shop/web` with the service port 10000, where `parts` says nothing else. */
export function sampleApp(labels: Record<string, string> = {}, parts: Partial<CatalogApp> = {}): CatalogApp {
  return catalogApp('/shop/web', 10_000, { labels, ...parts });
}

/** As `ekiden lb` reads apps by default. */
export const sampleRules: ReadingRules = {
  settingsFrom: 'labels',
  groups: ['*'],
  isStrict: false,
  templateLabels: true,
  bindAddress: '10.0.0.1',
  bindAddresses: ['10.0.0.2'],
  servicePorts: [],
  certificates: new Map([
    ['/etc/ssl/shop.pem', '/etc/ssl/shop.pem'],
    ['shop.pem', '/etc/ssl/shop.pem'],
    ['shop', '/etc/ssl/shop.pem'],
  ]),
  assignedPorts: null,
};

export function read(
  labels: Record<string, string>,
  rules: Partial<ReadingRules> = {},
  parts: Partial<CatalogApp> = {},
): AppSettings {
  return readAppSettings(sampleApp(labels, parts), { ...sampleRules, ...rules });
}

/** The settings of the only service. */
export function readOne(...args: Parameters<typeof read>): ServiceSettings {
  const { services } = read(...args);
  const [service] = services;
  if (service === undefined || services.length > 1) throw new Error(`${services.length} services`);
  return service;
}

/** The problems as one text each. */
export function complaints({ problems }: AppSettings): string[] {
  return problems.map(({ label, reason, isFatal }) => `${label}: ${reason}${isFatal ? ' (fatal)' : ''}`);
}
