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

/// The standard normal distribution function, by the complementary error function.
#[must_use]
pub fn normal_cdf(x: f64) -> f64 {
    0.5 * libm::erfc(-x * core::f64::consts::FRAC_1_SQRT_2)
}

/// The inverse of [`normal_cdf`]; −∞ at 0, ∞ at 1, NaN outside \[0, 1\].
///
/// M. J. Wichura, Algorithm AS 241 (PPND16), Applied Statistics 37 (1988) 477.
#[must_use]
pub fn normal_quantile(p: f64) -> f64 {
    normal_quantile_of(p, 1.0 - p)
}

/// The quantile of `p` where 1 − p is known better than by subtraction.
pub(crate) fn normal_quantile_of(p: f64, complement: f64) -> f64 {
    let centred = if p < 0.5 { p - 0.5 } else { 0.5 - complement };
    if centred.abs() <= 0.425 {
        let r = 0.180_625 - centred * centred;
        return centred * rational(r, &CENTRE);
    }
    let tail = if centred < 0.0 { p } else { complement };
    if !(tail > 0.0 && tail <= 0.5) {
        return if tail != 0.0 {
            f64::NAN
        } else if centred < 0.0 {
            f64::NEG_INFINITY
        } else {
            f64::INFINITY
        };
    }
    let r = sqrt(-ln(tail));
    let size = if r <= 5.0 { rational(r - 1.6, &MIDDLE) } else { rational(r - 5.0, &FAR) };
    if centred < 0.0 { -size } else { size }
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

fn rational(x: f64, coefficients: &[[f64; 8]; 2]) -> f64 {
    let [numerator, denominator] = coefficients.each_ref().map(|c| c.iter().rev().fold(0.0, |sum, &c| sum * x + c));
    numerator / denominator
}

const CENTRE: [[f64; 8]; 2] = [
    [
        3.387_132_872_796_366_5,
        133.141_667_891_784_38,
        1_971.590_950_306_551_3,
        13_731.693_765_509_46,
        45_921.953_931_549_87,
        67_265.770_927_008_7,
        33_430.575_583_588_13,
        2_509.080_928_730_122_7,
    ],
    [
        1.0,
        42.313_330_701_600_91,
        687.187_007_492_057_9,
        5_394.196_021_424_751,
        21_213.794_301_586_597,
        39_307.895_800_092_71,
        28_729.085_735_721_943,
        5_226.495_278_852_854,
    ],
];
const MIDDLE: [[f64; 8]; 2] = [
    [
        1.423_437_110_749_683_6,
        4.630_337_846_156_546,
        5.769_497_221_460_691,
        3.647_848_324_763_204_5,
        1.270_458_252_452_368_4,
        0.241_780_725_177_450_6,
        0.022_723_844_989_269_184,
        7.745_450_142_783_414e-4,
    ],
    [
        1.0,
        2.053_191_626_637_759,
        1.676_384_830_183_803_8,
        0.689_767_334_985_1,
        0.148_103_976_427_480_08,
        0.015_198_666_563_616_457,
        5.475_938_084_995_345e-4,
        1.050_750_071_644_416_9e-9,
    ],
];
const FAR: [[f64; 8]; 2] = [
    [
        6.657_904_643_501_103,
        5.463_784_911_164_114,
        1.784_826_539_917_291_3,
        0.296_560_571_828_504_87,
        0.026_532_189_526_576_124,
        0.001_242_660_947_388_078_4,
        2.711_555_568_743_487_6e-5,
        2.010_334_399_292_288_1e-7,
    ],
    [
        1.0,
        0.599_832_206_555_888,
        0.136_929_880_922_735_8,
        0.014_875_361_290_850_615,
        7.868_691_311_456_133e-4,
        1.846_318_317_510_054_7e-5,
        1.421_511_758_316_446e-7,
        2.044_263_103_389_939_8e-15,
    ],
];
