"""What tokens cost at a vendor: input and output prices as one, and where two vendors meet."""

from llmbook.elementwise import where
from llmbook.glossary import checked


@checked
def blended_price(input_price, output_price, input_to_output):
    """Return the price of the average token at a ratio of input to output.

    Parameters
    ----------
    input_price, output_price : float
    input_to_output : float
        Input tokens for each output token: 3 is the blend of comparison sites, 0 the output
        alone.

    Returns
    -------
    float
        USD per million tokens.
    """
    return (1.0 * input_to_output * input_price + output_price) / (input_to_output + 1.0)


@checked
def blended_price_by_share(input_price, output_price, input_share):
    """Return the price of the average token at a share of input.

    Parameters
    ----------
    input_price, output_price : float
    input_share : float
        Of all tokens.

    Returns
    -------
    float
        USD per million tokens.
    """
    return 1.0 * input_share * input_price + (1.0 - input_share) * output_price


@checked
def equal_price_share(input_price, output_price, other_input_price, other_output_price):
    """Return the share of input tokens at which two vendors cost the same.

    Parameters
    ----------
    input_price, output_price : float
        Of one vendor.
    other_input_price, other_output_price : float
        Of the other.

    Returns
    -------
    float
        From 0 to 1; -1 if there is no such share, because one of them is cheaper at every
        share or because they never differ.
    """
    dearer_output = 1.0 * output_price - other_output_price
    cheaper_input = 1.0 * other_input_price - input_price
    total = dearer_output + cheaper_input
    differs = total != 0.0
    # Adding zero turns a negative zero into a plain one.
    share = where(differs, dearer_output / where(differs, total, 1.0) + 0.0, -1.0)
    # One vendor must have the cheaper input, the other the cheaper output.
    return where(dearer_output * cheaper_input >= 0.0, share, -1.0)
