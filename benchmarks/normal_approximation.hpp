// How well any code can do: the normal approximation to the finite-blocklength bound on the binary-input channel with
// white Gaussian noise (Polyanskiy, Poor & Verdu 2010, with the term log2(n) / 2).
#pragma once

// The block error rate of the best code of `payload_bits` bits in `code_bits` uses, Eb/N0 counted per payload bit.
double normal_approximation_block_error(int payload_bits, int code_bits, double eb_n0_db);
// The Eb/N0 that the best code needs for that block error rate (below 1/2).
double normal_approximation_eb_n0_db(int payload_bits, int code_bits, double block_error);
