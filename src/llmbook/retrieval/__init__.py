"""Retrieval-augmented generation as Fig. 2 of the paper draws it, over the book's own tables.

`pipeline.ask` answers a question; each module before it is one stage: `facts` and `graph` (the
knowledge graph), `linking`, `examples` and `queries` (from a question to a query), `rerank`,
`prompt` and `generator`.  `evaluation` and `damage` measure what comes of it.
"""
