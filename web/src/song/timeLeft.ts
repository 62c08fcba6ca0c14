/** Guesses how long a job takes yet, from how far it came since it began to run. */
export class TimeLeft {
  private began: { at: number; progress: number } | undefined;
  private last = 0;

  /** A guess from less than this share would jump about. */
  private static readonly leastShare = 0.05;

  /**
   * @param progress 0…1.
   * @param now Milliseconds.
   * @returns Seconds; undefined where there is nothing to guess from yet.
   */
  update(progress: number, now: number): number | undefined {
    // Less than before: another attempt.
    if (!this.began || progress < this.last) this.began = { at: now, progress };
    this.last = progress;
    const done = progress - this.began.progress;
    if (done < TimeLeft.leastShare || progress >= 1) return undefined;
    return ((now - this.began.at) / 1000 / done) * (1 - progress);
  }
}
