//! Links nothing but `core`, `alloc` and the two libraries.
#![no_std]

use overround::{Config, Engine};

/// Uses both crates, so that neither can be left out.
pub fn engine() -> Option<Engine> {
    overround_math::odds::Odds::new(2.0).ok()?;
    Engine::new(Config::recorded()).ok()
}

#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    loop {}
}
