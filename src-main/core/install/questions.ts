/** What a run asks while its machine is installed. */
import type { BuildPlace, TargetAddress } from "#contract/targets.ts";
import type { Question } from "../runs/questions.ts";

export const addressQuestion: Question<TargetAddress> = { name: "address" };
export const diskQuestion: Question<{ diskKey: string; buildPlace: BuildPlace }> = { name: "disk" };
