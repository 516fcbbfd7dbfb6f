//! Helpers shared by the cross-crate tests.

/// The README's code runs as a doctest of this item.
#[doc = include_str!("../../README.md")]
#[derive(Debug)]
pub struct Readme;

/// The code of the guide to backtesting runs as a doctest of this item.
#[doc = include_str!("../../docs/backtesting.md")]
#[derive(Debug)]
pub struct Backtesting;
