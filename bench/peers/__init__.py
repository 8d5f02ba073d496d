"""The same formulas in the usual tools; each module needs its own tool and nothing of Kvant."""
