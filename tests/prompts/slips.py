"""What people type instead of a declared name, for the server's and the browser's side alike:
(typed, declared names in order, what was meant)."""

SLIPS = [
    ("order_iid", ["order_id"], "order_id"),
    ("order_di", ["order_id"], "order_id"),
    ("orderid", ["order_id"], "order_id"),
    ("Order_Id", ["order_id"], "order_id"),
    ("ordr_idd", ["customer", "order_id"], "order_id"),
    ("order_a", ["order_b", "order_c"], "order_b"),
    ("order_a", ["order_bb", "order_c"], "order_c"),
    ("customer", ["order_id"], ""),
    ("city", ["lily"], ""),
    ("id", ["it"], ""),
    ("id", ["ID"], "ID"),
    ("order_id", [], ""),
]
