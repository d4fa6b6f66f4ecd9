"""A draft's links together with what is known of them, and the edits that would mend them."""
