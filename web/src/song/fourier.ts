/** The magnitudes of real windows of one length, by an iterative radix-2 transform (Cooley and Tukey 1965). */
export class Fourier {
  private readonly cosine: Float32Array;
  private readonly sine: Float32Array;
  private readonly order: Uint32Array;
  private readonly real: Float32Array;
  private readonly imaginary: Float32Array;

  /** @param size A power of two. */
  constructor(readonly size: number) {
    this.cosine = Float32Array.from({ length: size / 2 }, (_, index) => Math.cos((2 * Math.PI * index) / size));
    this.sine = Float32Array.from({ length: size / 2 }, (_, index) => Math.sin((2 * Math.PI * index) / size));
    this.order = new Uint32Array(size);
    for (let index = 1; index < size; index++) this.order[index] = (this.order[index >> 1]! >> 1) | (index & 1 ? size >> 1 : 0);
    this.real = new Float32Array(size);
    this.imaginary = new Float32Array(size);
  }

  /**
   * @param window [size].
   * @param magnitudes [size / 2 + 1], is written.
   */
  magnitudes(window: Float32Array, magnitudes: Float32Array): void {
    const { size, real, imaginary, cosine, sine, order } = this;
    for (let index = 0; index < size; index++) real[index] = window[order[index]!]!;
    imaginary.fill(0);
    for (let half = 1; half < size; half *= 2) {
      const step = size / (2 * half);
      for (let block = 0; block < size; block += 2 * half) {
        for (let index = 0; index < half; index++) {
          const [one, other] = [block + index, block + index + half];
          const [c, s] = [cosine[index * step]!, sine[index * step]!];
          const re = real[other]! * c + imaginary[other]! * s;
          const im = imaginary[other]! * c - real[other]! * s;
          real[other] = real[one]! - re;
          imaginary[other] = imaginary[one]! - im;
          real[one] = real[one]! + re;
          imaginary[one] = imaginary[one]! + im;
        }
      }
    }
    for (let index = 0; index <= size / 2; index++) magnitudes[index] = Math.hypot(real[index]!, imaginary[index]!);
  }
}
