"""The quant core: curated prices in, expressions and their honest backtests out."""
