import { join } from 'node:path';
import type { FleetConfig } from './config.ts';

type Folders = Pick<FleetConfig, 'data_dir' | 'catalog_dir'>;

/** What lies over the shipped catalog: what was imported, then the user's own entries. Either may be missing. */
export function catalogOverlays(config: Folders): readonly string[] {
  return [updateFolder(config), ...(config.catalog_dir === undefined ? [] : [config.catalog_dir])];
}

/** Where `pgfleet catalog update` writes. */
export function updateFolder({ data_dir }: Folders): string {
  return join(data_dir, 'catalog');
}
