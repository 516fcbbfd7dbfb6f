//! A small seeded source of choices: the same seed gives the same choices on every machine.

/// SplitMix64, or, while there is any of it, a tape of bytes: a fuzzer then decides each choice by itself.
#[derive(Clone, Debug)]
pub struct Random {
    state: u64,
    tape: Vec<u8>,
    at: usize,
}

impl Random {
    /// From a seed; equal seeds give equal choices.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self { state: seed, tape: Vec::new(), at: 0 }
    }

    /// From a tape, one byte for most choices; when it has run out, as from the seed 0.
    #[must_use]
    pub fn from_tape(tape: &[u8]) -> Self {
        Self { state: 0, tape: tape.to_vec(), at: 0 }
    }

    /// Is there nothing left on the tape?
    #[must_use]
    pub fn is_spent(&self) -> bool {
        self.at >= self.tape.len()
    }

    /// The next bytes of the tape as a number, or what is left of them.
    fn take(&mut self, bytes: usize) -> u64 {
        let end = (self.at + bytes).min(self.tape.len());
        let taken = &self.tape[self.at..end];
        self.at = end;
        taken.iter().rev().fold(0, |number, &byte| number << 8 | u64::from(byte))
    }

    /// 64 random bits.
    pub fn bits(&mut self) -> u64 {
        if !self.is_spent() {
            return self.take(8);
        }
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// An integer below `n`; 0 if `n` is 0.
    pub fn below(&mut self, n: usize) -> usize {
        let n = u64::try_from(n).unwrap_or(u64::MAX);
        let bits = match n {
            _ if self.is_spent() => self.bits(),
            0..=0x100 => self.take(1),
            0x101..=0x1_0000 => self.take(2),
            _ => self.bits(),
        };
        usize::try_from(bits % n.max(1)).unwrap_or(0)
    }

    /// An integer from `low` to `high`, both in.
    pub fn between(&mut self, low: i64, high: i64) -> i64 {
        let width = usize::try_from(high - low + 1).unwrap_or(1);
        low + i64::try_from(self.below(width)).unwrap_or(0)
    }

    /// True in `percent` of a hundred cases.
    pub fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    /// One of a list that is not empty.
    pub fn pick<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())]
    }

    /// One of a list, or nothing.
    pub fn maybe<T: Copy>(&mut self, percent: usize, of: &[T]) -> Option<T> {
        if self.chance(percent) { Some(self.pick(of)) } else { None }
    }

    /// What `make` makes, or nothing.
    pub fn given<T>(&mut self, percent: usize, make: impl FnOnce(&mut Self) -> T) -> Option<T> {
        if self.chance(percent) { Some(make(self)) } else { None }
    }

    /// Another source of choices that is independent of what this one is used for later.
    #[must_use]
    pub fn split(&mut self) -> Self {
        Self::new(self.bits())
    }

    /// A number in [0, 1).
    pub fn unit(&mut self) -> f64 {
        let high = u32::try_from(self.bits() >> 32).unwrap_or(u32::MAX);
        f64::from(high) / 4_294_967_296.0
    }

    /// True at this rate, in [0, 1].
    pub fn happens(&mut self, rate: f64) -> bool {
        rate > 0.0 && self.unit() < rate
    }

    /// A number between two others.
    pub fn within(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.unit()
    }

    /// About the normal law with mean 0 and deviation 1: the sum of four uniform numbers, so that it stays within ±3.5.
    pub fn normal(&mut self) -> f64 {
        let sum = self.unit() + self.unit() + self.unit() + self.unit();
        (sum - 2.0) * 1.732_050_807_568_877_2
    }

    /// The wait for something that happens once in `mean` on average, memorylessly.
    pub fn wait(&mut self, mean: f64) -> f64 {
        -mean * overround_math::float::ln(1.0 - self.unit())
    }
}
