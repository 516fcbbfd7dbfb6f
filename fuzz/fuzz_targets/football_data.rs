#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| overround_testkit::fuzz::football_data(data));
