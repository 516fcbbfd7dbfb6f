//! Elementary functions with the same bits on every target.
//!
//! [`ln`], [`exp`], [`ln_1p`] and [`exp_m1`] are this crate's own polynomials: additions, multiplications and one
//! division in a fixed order, no fused operation, no table and no branch on the value except for exceptional arguments,
//! so that a loop over an array of them vectorises and gives the bits of the single call. Each is within 1 ulp
//! (`ln_1p` and `exp_m1` 2 ulp) of the true value. `libm` (pure Rust) serves for `sqrt`, `rint`, `erf` and `erfc` alone.
//!
//! ```
//! use overround_math::float;
//! assert_eq!(float::exp(0.0), 1.0);
//! assert!((float::ln(float::exp(1.0)) - 1.0).abs() < 1e-15);
//! ```

mod normal;

pub use normal::{normal_cdf, normal_quantile};
pub(crate) use normal::{normal_parts, normal_quantile_of};

/// 1.5 · 2^52: added and subtracted it rounds to the nearest integer, which its low bits then hold.
const ROUNDER: f64 = 6_755_399_441_055_744.0;
/// ln 2 to 32 bits: its products with integers below 2^21 are exact.
const LN_2_HIGH: f64 = 0.693_147_180_369_123_8;
/// The rest of ln 2.
const LN_2_LOW: f64 = 1.908_214_929_270_587_7e-10;
/// 1/√2's bits: the significand of a logarithm's argument is taken from [1/√2, √2).
const SQRT_HALF_BITS: u64 = 0x3fe6_a09e_667f_3bcd;

/// The natural logarithm. −∞ at 0, NaN below.
#[inline]
#[must_use]
pub fn ln(x: f64) -> f64 {
    if (f64::MIN_POSITIVE..f64::INFINITY).contains(&x) { ln_normal(x) } else { ln_exceptional(x) }
}

/// The exponential. Overflows to ∞ and underflows through the subnormal numbers to 0.
#[inline(always)]
#[must_use]
pub fn exp(x: f64) -> f64 {
    let x = if x > 710.0 { 710.0 } else { x };
    let x = if x < -746.0 { -746.0 } else { x };
    let power = (x * core::f64::consts::LOG2_E + ROUNDER) - ROUNDER;
    let rest = (x - power * LN_2_HIGH) - power * LN_2_LOW;
    let value = 1.0 + (rest + rest * rest * exp_polynomial(rest));
    // Two factors, because 2^1024 and 2^-1074 are not powers that one could build from an exponent.
    let half = power * 0.5 + ROUNDER;
    let other = (power - (half - ROUNDER)) + ROUNDER;
    value * power_of_two(half) * power_of_two(other)
}

/// ln(1 + x), accurate near 0.
#[must_use]
pub fn ln_1p(x: f64) -> f64 {
    if !(x > -1.0 && x < f64::INFINITY) || x == 0.0 {
        return if x == -1.0 {
            f64::NEG_INFINITY
        } else if x < -1.0 {
            f64::NAN
        } else {
            x
        };
    }
    ln_1p_normal(x)
}

/// exp(x) − 1, accurate near 0.
#[must_use]
pub fn exp_m1(x: f64) -> f64 {
    if !(x > -40.0 && x < 40.0) {
        return exp(x) - 1.0;
    }
    let shifted = x * core::f64::consts::LOG2_E + ROUNDER;
    let power = shifted - ROUNDER;
    let rest = (x - power * LN_2_HIGH) - power * LN_2_LOW;
    let value = rest + rest * rest * exp_polynomial(rest);
    let scale = power_of_two(shifted);
    value * scale + (scale - 1.0)
}

/// The square root, correctly rounded.
#[inline]
#[must_use]
pub fn sqrt(x: f64) -> f64 {
    libm::sqrt(x)
}

/// ln(p / (1 − p)); −∞ at 0, ∞ at 1, NaN outside \[0, 1\].
#[must_use]
pub fn logit(p: f64) -> f64 {
    if (0.25..=0.75).contains(&p) { ln_1p((2.0 * p - 1.0) / (1.0 - p)) } else { ln(p / (1.0 - p)) }
}

/// 1 / (1 + e^−x), the inverse of [`logit`].
#[must_use]
pub fn sigmoid(x: f64) -> f64 {
    let small = exp(-x.abs());
    (if x >= 0.0 { 1.0 } else { small }) / (1.0 + small)
}

/// The logarithm of a positive normal number, without any test.
#[inline(always)]
pub(crate) fn ln_normal(x: f64) -> f64 {
    let shifted = x.to_bits().wrapping_add(0x3ff0_0000_0000_0000 - SQRT_HALF_BITS);
    // The biased exponent as a number: put into the significand of 2^52.
    let power = f64::from_bits(0x4330_0000_0000_0000 | (shifted >> 52)) - 4_503_599_627_371_519.0;
    let significand = f64::from_bits((shifted & 0x000f_ffff_ffff_ffff).wrapping_add(SQRT_HALF_BITS));
    let f = significand - 1.0;
    let s = f / (2.0 + f);
    let z = s * s;
    let w = z * z;
    let high = (0.181_828_932_224_025_44 + z * 0.153_315_968_538_711_16) + w * 0.146_178_738_447_932_86;
    let low = (0.666_666_666_666_667 + z * 0.399_999_999_998_984_45)
        + w * (0.285_714_286_263_996_75 + z * 0.222_222_110_727_816_22);
    let half_square = 0.5 * f * f;
    let r = z * (low + (w * w) * high);
    (power * LN_2_HIGH + (f - half_square)) + (s * (half_square + r) + power * LN_2_LOW)
}

/// ln(1 + x) for 1 + x positive and normal, without any test but one on the size of x.
#[inline(always)]
pub(crate) fn ln_1p_normal(x: f64) -> f64 {
    let sum = 1.0 + x;
    let lost = if x > 1.0 { 1.0 - (sum - x) } else { x - (sum - 1.0) };
    ln_normal(sum) + lost / sum
}

#[cold]
fn ln_exceptional(x: f64) -> f64 {
    if x == 0.0 {
        f64::NEG_INFINITY
    } else if x > 0.0 && x < f64::MIN_POSITIVE {
        ln_normal(x * 18_014_398_509_481_984.0) - 54.0 * core::f64::consts::LN_2
    } else if x == f64::INFINITY {
        x
    } else {
        f64::NAN
    }
}

/// (e^r − 1 − r) / r² for |r| ≤ ln 2 / 2, to 2^-62 of e^r.
#[inline(always)]
fn exp_polynomial(r: f64) -> f64 {
    let r2 = r * r;
    let r4 = r2 * r2;
    let a = 0.5 + r * 0.166_666_666_666_666_7;
    let b = 0.041_666_666_666_666_685 + r * 0.008_333_333_333_326_134;
    let c = 0.001_388_888_888_887_438_7 + r * 0.000_198_412_698_748_214_48;
    let d = 2.480_158_734_737_129e-5 + r * 2.755_725_539_933_988_2e-6;
    let e = (2.755_725_287_942_964_5e-7 + r * 2.510_521_731_757_315_8e-8) + r2 * 2.092_160_111_521_710_2e-9;
    (a + r2 * b) + r4 * ((c + r2 * d) + r4 * e)
}

/// `factor` · exp(x) for a normal result. The short way is for |x| ≤ 0.34 and gives the same bits.
#[inline(always)]
pub(crate) fn exp_times<const SHORT: bool>(x: f64, factor: f64) -> f64 {
    if SHORT {
        return factor + factor * (x + x * x * exp_polynomial(x));
    }
    let x = if x > 710.0 { 710.0 } else { x };
    let x = if x < -746.0 { -746.0 } else { x };
    let power = (x * core::f64::consts::LOG2_E + ROUNDER) - ROUNDER;
    let rest = (x - power * LN_2_HIGH) - power * LN_2_LOW;
    let half = power * 0.5 + ROUNDER;
    let other = (power - (half - ROUNDER)) + ROUNDER;
    (factor + factor * (rest + rest * rest * exp_polynomial(rest))) * power_of_two(half) * power_of_two(other)
}

/// 2^k from k + [`ROUNDER`], −1022 ≤ k ≤ 1023.
#[inline(always)]
fn power_of_two(rounded: f64) -> f64 {
    f64::from_bits(rounded.to_bits().wrapping_add(1023) << 52)
}
