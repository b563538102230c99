import type { SmartAttribute, SmartReport } from './smartctl-report.ts';

/**
 * Where makers keep the life that is left of a flash drive, as a normalized value that falls from 100.
 * Drive databases give these ids a name by default that is wrong for other makers, so each is read
 * only from drives of the maker who means it.
 */
const LIFE_LEFT: readonly { readonly maker: RegExp; readonly id: number; readonly name: RegExp }[] = [
  { maker: /INTEL|SOLIDIGM|^SSDS[ACV]/i, id: 233, name: /^Media_Wearout_Indicator$/ },
  { maker: /SAMSUNG|^MZ7/i, id: 177, name: /^Wear_Leveling_Count$/ },
  {
    maker: /MICRON|CRUCIAL|MTFD|^CT\d/i,
    id: 202,
    name: /^Perc(?:ent)?_(?:Lifetime_(?:Remain|Used)|Life_Remaining)/,
  },
  { maker: /KINGSTON|OCZ|CORSAIR|PATRIOT|SANDFORCE/i, id: 231, name: /^SSD_Life_Left$/ },
];
const NAMELESS = /^Unknown_(?:SSD_)?Attribute$/;

/** Share of the rated write endurance used up, 0 to 1 and beyond; undefined where it is not certain. */
export function enduranceUsed(report: SmartReport): number | undefined {
  if (report.enduranceUsedPercent !== undefined) return report.enduranceUsedPercent / 100;
  if (report.rotationRate !== 0) return undefined;
  const { modelName = '', modelFamily = '' } = report.identity;
  const rule = LIFE_LEFT.find(({ maker }) => maker.test(modelName) || maker.test(modelFamily));
  const left = rule && report.attributes.find((attribute) => isLifeLeft(attribute, rule))?.value;
  // Some count from 200 or 253: what is above 100 is a scale we do not know.
  return left === undefined || left > 100 ? undefined : (100 - left) / 100;
}

function isLifeLeft({ id, name }: SmartAttribute, rule: (typeof LIFE_LEFT)[number]): boolean {
  return id === rule.id && (rule.name.test(name) || NAMELESS.test(name));
}
