/** Why a server cannot be used; `passing` where asking again may help. */
export class HttpTrouble extends Error {
  readonly passing: boolean;

  constructor(message: string, passing: boolean) {
    super(message);
    this.name = "HttpTrouble";
    this.passing = passing;
  }
}
