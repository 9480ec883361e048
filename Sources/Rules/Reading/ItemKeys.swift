import Kit

/// The parts of an item that a template may read: `name` of `{{ item.name }}`. Lists of products and of coupons have
/// some; every other list has texts.
struct ItemKeys {
    private let keys: [String]

    private init(_ declarations: [FieldDeclaration], of list: String) {
        let prefix = list + ".first."
        keys = declarations.filter { $0.name.hasPrefix(prefix) }.map { String($0.name.dropFirst(prefix.count)) }
    }

    /// Nil for what is not known to be a list.
    init?(of field: Field, in scope: FieldScope) {
        guard field.type == .list else { return nil }
        self.init(scope.declarations, of: field.name)
    }

    private init(_ keys: [String]) { self.keys = keys }

    /// The parts that the items of any list have, those of products first.
    static let anywhere: ItemKeys = {
        let lists = [
            ItemKeys(FieldCatalogue.order, of: "order.items"),
            ItemKeys(SavedName.records(canBeEmpty: true).declarations(under: "picks"), of: "picks"),
            ItemKeys(SavedName.coupons.declarations(under: "coupons"), of: "coupons"),
        ]
        return ItemKeys(lists.flatMap(\.keys).reduce(into: []) { if !$0.contains($1) { $0.append($1) } })
    }()

    /// True for a part that items have, and for `size` of an item or of a part.
    func has(_ use: TemplateItemUse) -> Bool {
        guard let first = use.steps.first else { return true }
        if use.steps == ["size"] { return true }
        return keys.contains(first) && (use.steps.count == 1 || use.steps.dropFirst().elementsEqual(["size"]))
    }

    func help(for use: TemplateItemUse) -> String {
        if keys.isEmpty { return "its items are texts: print the item itself" }
        let typed = use.steps[0]
        let same = SameWord.exact(typed, among: keys) ?? ItemKeys.synonyms[SameWord.folded(typed)]
        if let meant = same ?? Suggestion.nearest(to: typed, among: keys), keys.contains(meant), meant != typed {
            return "did you mean `\(meant)`?"
        }
        return "items have " + keys.prefix(5).map { "`\($0)`" }.joined(separator: ", ") + (keys.count > 5 ? ", …" : "")
    }

    private static let synonyms = [
        "qty": "quantity", "num": "quantity", "number": "quantity", "count": "quantity", "pieces": "quantity",
        "数量": "quantity", "件数": "quantity", "title": "name", "product": "name", "product_name": "name", "名称": "name",
        "商品名": "name", "商品名称": "name", "unit_price": "price", "单价": "price", "价格": "price", "id": "sku", "编码": "sku",
        "商品编码": "sku", "品类": "category", "分类": "category", "value": "face_value", "面额": "face_value", "券码": "code",
    ]
}

extension TemplateItemUse {
    /// The part as the text has it: `name.size`.
    var key: String { steps.joined(separator: ".") }
}
