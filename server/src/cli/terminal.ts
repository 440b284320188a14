/** Everything outside of the command that it may touch; tests give their own. */
export interface Terminal {
  readonly cwd: string;
  /** Width in columns. */
  readonly columns: number;
  /** Whether what goes to standard output, and to standard error, may be coloured. */
  readonly color: { readonly out: boolean; readonly err: boolean };
  readStdin(): Promise<string>;
  out(text: string): void;
  err(text: string): void;
}
