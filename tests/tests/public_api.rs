//! The public API of the published libraries, item by item, as `tests/api/` has it: a change of it is made on purpose, and seen in the diff.
//!
//! Every `pub` item of the sources is listed with its signature, at the module it is defined in. The lint `unreachable_pub` makes sure that
//! each can be reached; under which shorter names is told by the `pub use` lines. `OVERROUND_BLESS=1 cargo test -p overround-tests --test
//! public_api` writes the lists anew.

use quote::ToTokens;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use syn::{Attribute, Fields, ImplItem, Item, ItemImpl, Meta, TraitItem, Visibility};

const CRATES: [&str; 3] = ["overround-math", "overround", "overround-feed"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("tests/ is in the root").to_path_buf()
}

#[test]
fn the_public_api_is_as_listed() {
    for name in CRATES {
        let source = root().join("crates").join(name).join("src/lib.rs");
        let mut listing = Listing::default();
        listing.file(&source, &source.with_file_name(""), &name.replace('-', "_"));
        // What private types implement is nobody's business.
        let types = std::mem::take(&mut listing.types);
        let of_public = std::mem::take(&mut listing.implemented).into_iter().filter(|(name, _)| types.contains(name));
        listing.lines.extend(of_public.map(|(_, line)| line));
        listing.lines.sort();
        let text = listing.lines.join("\n") + "\n";
        assert!(listing.lines.len() > 100, "{name}: the lister has lost its way");
        let path = root().join("tests/api").join(format!("{name}.txt"));
        if std::env::var_os("OVERROUND_BLESS").is_some() {
            std::fs::create_dir_all(path.parent().expect("a folder")).expect("writable");
            std::fs::write(&path, &text).expect("writable");
        }
        let listed = std::fs::read_to_string(&path).unwrap_or_default();
        for line in text.lines().filter(|line| !listed.lines().any(|other| other == *line)) {
            println!("+ {line}");
        }
        for line in listed.lines().filter(|line| !text.lines().any(|other| other == *line)) {
            println!("- {line}");
        }
        assert!(listed == text, "the public API of {name} has changed: if that is meant, bless the list");
    }
}

#[derive(Default)]
struct Listing {
    lines: Vec<String>,
    /// Names of public types.
    types: BTreeSet<String>,
    /// Implemented traits, with the name of the type.
    implemented: Vec<(String, String)>,
}

impl Listing {
    /// `folder` is where the modules of this file lie.
    fn file(&mut self, file: &Path, folder: &Path, module: &str) {
        let text = std::fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        let parsed = syn::parse_file(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        self.items(&parsed.items, folder, module);
    }

    fn items(&mut self, items: &[Item], folder: &Path, module: &str) {
        for item in items {
            match item {
                Item::Mod(it) if is_for_tests(&it.attrs) => {}
                Item::Mod(it) => {
                    let name = it.ident.to_string();
                    let (inner, path) = (folder.join(&name), format!("{module}::{name}"));
                    if is_public(&it.vis) {
                        self.push(&it.attrs, module, format!("pub mod {name}"));
                    }
                    match &it.content {
                        Some((_, items)) => self.items(items, &inner, &path),
                        None => {
                            let beside = folder.join(format!("{name}.rs"));
                            let within = inner.join("mod.rs");
                            self.file(if beside.exists() { &beside } else { &within }, &inner, &path);
                        }
                    }
                }
                other => self.item(other, module),
            }
        }
    }

    fn item(&mut self, item: &Item, module: &str) {
        match item {
            Item::Fn(it) if is_public(&it.vis) => self.push(&it.attrs, module, format!("pub {}", text(&it.sig))),
            Item::Const(it) if is_public(&it.vis) => {
                self.push(&it.attrs, module, format!("pub const {}: {} = {}", it.ident, text(&it.ty), text(&it.expr)));
            }
            Item::Type(it) if is_public(&it.vis) => {
                self.push(&it.attrs, module, format!("pub type {} = {}", it.ident, text(&it.ty)));
            }
            Item::Use(it) if is_public(&it.vis) => self.push(&it.attrs, module, format!("pub use {}", text(&it.tree))),
            Item::Struct(it) if is_public(&it.vis) => {
                self.types.insert(it.ident.to_string());
                let head = format!("pub struct {}{}", it.ident, text(&it.generics));
                self.push(&it.attrs, module, format!("{head} {}", fields(&it.fields, true)));
            }
            Item::Enum(it) if is_public(&it.vis) => {
                self.types.insert(it.ident.to_string());
                self.push(&it.attrs, module, format!("pub enum {}{}", it.ident, text(&it.generics)));
                for variant in &it.variants {
                    let line = format!("{}::{} {}", it.ident, variant.ident, fields(&variant.fields, false));
                    self.push(&variant.attrs, module, line);
                }
            }
            Item::Trait(it) if is_public(&it.vis) => {
                let above = text(&it.supertraits);
                self.push(&it.attrs, module, format!("pub trait {}{}: {above}", it.ident, text(&it.generics)));
                for inner in &it.items {
                    if let TraitItem::Fn(function) = inner {
                        self.push(&function.attrs, module, format!("{}::{}", it.ident, text(&function.sig)));
                    }
                }
            }
            Item::Impl(it) if !is_for_tests(&it.attrs) => self.implementation(it, module),
            // Items that macros make: what they are given says what they are.
            Item::Macro(it) if it.ident.is_none() => {
                let tokens = without_docs(&text(&it.mac.tokens));
                if tokens.contains("pub ") || ["section", "dense_id"].iter().any(|name| it.mac.path.is_ident(name)) {
                    self.push(&it.attrs, module, format!("{}! {{ {tokens} }}", text(&it.mac.path)));
                }
            }
            _ => {}
        }
    }

    fn implementation(&mut self, it: &ItemImpl, module: &str) {
        let of = text(&it.self_ty);
        if let Some((_, path, _)) = &it.trait_ {
            let name = of.split('<').next().unwrap_or_default().to_owned();
            self.push(&it.attrs, module, format!("impl{} {} for {of}", text(&it.generics), text(path)));
            self.implemented.extend(self.lines.pop().map(|line| (name, line)));
            return;
        }
        for inner in &it.items {
            match inner {
                ImplItem::Fn(function) if is_public(&function.vis) => {
                    self.push(&function.attrs, module, format!("{of}::pub {}", text(&function.sig)));
                }
                ImplItem::Const(constant) if is_public(&constant.vis) => {
                    let value = if of == "$name" { String::new() } else { format!(" = {}", text(&constant.expr)) };
                    let line = format!("{of}::pub const {}: {}{value}", constant.ident, text(&constant.ty));
                    self.push(&constant.attrs, module, line);
                }
                _ => {}
            }
        }
    }

    /// A line with the attributes that callers notice.
    fn push(&mut self, attributes: &[Attribute], module: &str, line: String) {
        let noticed = |attribute: &&Attribute| {
            ["cfg", "cfg_attr", "derive", "non_exhaustive", "deprecated"]
                .iter()
                .any(|name| attribute.path().is_ident(name))
        };
        if is_for_tests(attributes) {
            return;
        }
        let attributes: String = attributes.iter().filter(noticed).map(|it| format!("{} ", text(it))).collect();
        self.lines.push(format!("{module}: {attributes}{}", line.trim_end()));
    }
}

fn is_public(visibility: &Visibility) -> bool {
    matches!(visibility, Visibility::Public(_))
}

fn is_for_tests(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| match &attribute.meta {
        Meta::List(list) => {
            attribute.path().is_ident("cfg") && ["test", "doctest"].contains(&&*list.tokens.to_string())
        }
        _ => false,
    })
}

/// Public fields with their types; `..` stands for others.
fn fields(fields: &Fields, by_visibility: bool) -> String {
    let shown = |field: &&syn::Field| !by_visibility || is_public(&field.vis);
    let list = |field: &syn::Field| match &field.ident {
        Some(name) => format!("{name}: {}", text(&field.ty)),
        None => text(&field.ty),
    };
    let mut parts: Vec<String> = fields.iter().filter(shown).map(list).collect();
    if parts.len() < fields.len() {
        parts.push("..".to_owned());
    }
    match fields {
        Fields::Named(_) => format!("{{ {} }}", parts.join(", ")),
        Fields::Unnamed(_) => format!("({})", parts.join(", ")),
        Fields::Unit => String::new(),
    }
}

/// Source text of a piece of syntax, with the spaces that people put.
fn text(tokens: &impl ToTokens) -> String {
    let mut text = tokens.to_token_stream().to_string().split_whitespace().collect::<Vec<_>>().join(" ");
    for (from, to) in [
        (" ::", "::"),
        (":: ", "::"),
        (" ,", ","),
        ("( ", "("),
        (" )", ")"),
        (" (", "("),
        (" :", ":"),
        ("& ", "&"),
        (" <", "<"),
        ("< ", "<"),
        (" >", ">"),
        ("[ ", "["),
        (" ]", "]"),
        (" ;", ";"),
        ("# [", "#["),
        (" !", "!"),
        (",)", ")"),
        ("- >", "->"),
        ("' ", "'"),
        (" .", "."),
        (" ?", "?"),
    ] {
        text = text.replace(from, to);
    }
    text.replace(")->", ") ->")
}

/// Doc attributes taken out of a macro's tokens.
fn without_docs(tokens: &str) -> String {
    let mut rest = tokens;
    let mut kept = String::new();
    while let Some((before, after)) = rest.split_once("#[doc =") {
        kept.push_str(before);
        // A doc text is one literal; `"]` ends it.
        rest = after.split_once("\"]").map_or("", |(_, after)| after.trim_start());
    }
    kept.push_str(rest);
    kept
}
