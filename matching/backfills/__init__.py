"""Working over all CVs or jobs again beside what is in use: in the background, compared, then switched, or put back."""
