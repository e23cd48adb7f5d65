"""Cards: what is known of a model, a system or a data set, section by section, with gaps left open."""
