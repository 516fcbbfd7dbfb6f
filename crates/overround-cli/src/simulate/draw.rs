//! Random draws that are the same on every platform: ChaCha8 bits, exact arithmetic, and this project's own `ln` and `exp`.

use overround_math::float;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// A stream of draws. Streams of one seed are independent of each other.
pub(super) struct Draw {
    bits: ChaCha8Rng,
    /// The polar method makes normals in pairs.
    spare_normal: Option<f64>,
}

impl Draw {
    pub(super) fn new(seed: u64, stream: u64) -> Self {
        let mut bits = ChaCha8Rng::seed_from_u64(seed);
        bits.set_stream(stream);
        Self { bits, spare_normal: None }
    }

    /// Uniform in [0, 1), a multiple of 2⁻⁵³.
    pub(super) fn unit(&mut self) -> f64 {
        let top = self.bits.next_u64() >> 11;
        #[expect(clippy::cast_precision_loss, reason = "53 bits fit an f64 exactly")]
        let top = top as f64;
        top * (1.0 / 9_007_199_254_740_992.0)
    }

    /// Uniform in [low, high).
    pub(super) fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.unit()
    }

    /// Uniform in 0..n; 0 for n = 0.
    pub(super) fn below(&mut self, n: usize) -> usize {
        let n = u64::try_from(n).unwrap_or(u64::MAX);
        // Multiply-shift; its bias of n/2⁶⁴ does not matter to a made-up evening.
        let scaled = (u128::from(self.bits.next_u64()) * u128::from(n)) >> 64;
        usize::try_from(scaled).unwrap_or(0)
    }

    pub(super) fn pick<'a, T>(&mut self, list: &'a [T]) -> Option<&'a T> {
        list.get(self.below(list.len()))
    }

    pub(super) fn chance(&mut self, probability: f64) -> bool {
        self.unit() < probability
    }

    /// Standard normal (Marsaglia's polar method).
    pub(super) fn normal(&mut self) -> f64 {
        if let Some(spare) = self.spare_normal.take() {
            return spare;
        }
        loop {
            let (x, y) = (self.between(-1.0, 1.0), self.between(-1.0, 1.0));
            let square = x * x + y * y;
            if square > 0.0 && square < 1.0 {
                let factor = (-2.0 * float::ln(square) / square).sqrt();
                self.spare_normal = Some(y * factor);
                return x * factor;
            }
        }
    }

    /// A span of time in microseconds, uniform between two numbers of seconds.
    pub(super) fn span_us(&mut self, low_s: f64, high_s: f64) -> i64 {
        us(self.between(low_s, high_s))
    }
}

/// Seconds as whole microseconds.
pub(super) fn us(seconds: f64) -> i64 {
    let micros = (seconds * 1e6).clamp(-9e15, 9e15);
    #[expect(clippy::cast_possible_truncation, reason = "within ±9e15 by the clamp; the fraction is meant to go")]
    let micros = micros as i64;
    micros
}

/// Microseconds as seconds.
pub(super) fn seconds(us: i64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "spans of an evening are far below 2⁵³ µs")]
    let us = us as f64;
    us / 1e6
}

/// The greatest integer not above `x`, for |x| ≤ 1e9.
pub(super) fn floor_i32(x: f64) -> i32 {
    #[expect(clippy::cast_possible_truncation, reason = "within ±1e9 by the clamp, and integral")]
    let floor = x.clamp(-1e9, 1e9).floor() as i32;
    floor
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_differ_and_repeat() {
        let bits = |seed, stream| {
            let mut draw = Draw::new(seed, stream);
            [draw.unit(), draw.unit(), draw.normal()]
        };
        assert_eq!(bits(1, 2), bits(1, 2));
        assert_ne!(bits(1, 2), bits(1, 3));
        assert_ne!(bits(1, 2), bits(2, 2));
    }

    #[test]
    fn moments_are_those_of_the_laws() {
        let mut draw = Draw::new(7, 0);
        let n = 200_000;
        let (mut sum, mut square, mut uniform, mut ones) = (0.0, 0.0, 0.0, 0u32);
        for _ in 0..n {
            let x = draw.normal();
            sum += x;
            square += x * x;
            uniform += draw.unit();
            ones += u32::from(draw.below(3) == 1);
        }
        let n = f64::from(n);
        // Four standard errors.
        assert!((sum / n).abs() < 4.0 / n.sqrt());
        assert!((square / n - 1.0).abs() < 4.0 * (2.0 / n).sqrt());
        assert!((uniform / n - 0.5).abs() < 4.0 * (1.0 / 12.0 / n).sqrt());
        assert!((f64::from(ones) / n - 1.0 / 3.0).abs() < 4.0 * (2.0 / 9.0 / n).sqrt());
    }
}
