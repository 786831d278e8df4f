using Alumia.Lab.Ledger;
using CsCheck;

namespace Alumia.Lab.Tests.Ledger;

public sealed class PricingTests
{
    private static readonly Gen<TokenUsage> _usages = Gen.Select(Gen.Long[-10, 3_000_000_000], Gen.Long[-10, 3_000_000_000], Gen.Long[-10, 3_000_000_000], (input, cached, output) => new TokenUsage(input, cached, output));
    private static readonly Gen<ModelPrice> _prices = Gen.Select(Gen.Long[-5, long.MaxValue], Gen.Long[-5, 10_000_000], Gen.Long[-5, 100_000_000], (input, cached, output) => new ModelPrice(input, cached, output));

    [Theory]
    [InlineData(1, 0, 0, 5)] // $5 a million: a token is 5 microcents.
    [InlineData(1_000, 400, 200, (600 * 5) + 200 + (200 * 25))] // Cached input costs half a microcent.
    [InlineData(0, 0, 0, 0)]
    [InlineData(1_000_000, 1_000_000, 0, 500_000)]
    [InlineData(1, 1, 0, 1)] // Half a microcent is rounded up.
    public void A_step_costs_its_tokens_with_cached_input_priced_as_such(long input, long cached, long output, long cost) =>
        Assert.Equal(new StepCost(cost, 0), Pricing.Cost(new ModelPrice(5_000_000, 500_000, 25_000_000), new TokenUsage(input, cached, output), 0));

    [Theory]
    [InlineData(1_000_000, 1_000_000, 55_000)] // A dollar and its 5.5 cents.
    [InlineData(1, 1, 1)] // 1.055 microcents are rounded up once, and not twice.
    [InlineData(1_000, 1_000, 55)]
    public void The_fee_comes_on_top_and_both_are_rounded_up_once(long input, long model, long fee) =>
        Assert.Equal(new StepCost(model, fee), Pricing.Cost(new ModelPrice(1_000_000, 1_000_000, 0), new TokenUsage(input, 0, 0), PlatformFee.Rate));

    [Fact]
    public void Nothing_costs_less_than_nothing_or_more_than_fits() =>
        Gen.Select(_prices, _usages, Gen.Bool.Select(waived => waived ? 0 : PlatformFee.Rate)).Sample((price, usage, rate) =>
        {
            var cost = Pricing.Cost(price, usage, rate);
            return cost.Model >= 0 && cost.Fee >= 0 && cost.Total >= cost.Model && cost.Total < long.MaxValue / 100;
        });

    [Fact]
    public void What_is_reckoned_is_the_exact_price_rounded_up() =>
        Gen.Select(Gen.Long[0, 30_000_000], Gen.Long[0, 3_000_000], Gen.Long[0, 150_000_000], Gen.Long[0, 1_000_000], Gen.Double[0, 1], Gen.Long[0, 100_000]).Sample((inputPrice, cachedPrice, outputPrice, input, share, output) =>
        {
            var cached = (long)(input * share);
            var exact = (((decimal)(input - cached) * inputPrice) + ((decimal)cached * cachedPrice) + ((decimal)output * outputPrice)) / 1_000_000m;
            var cost = Pricing.Cost(new ModelPrice(inputPrice, cachedPrice, outputPrice), new TokenUsage(input, cached, output), PlatformFee.Rate);
            return cost.Model == Math.Ceiling(exact) && cost.Total == Math.Ceiling(exact * 1.055m);
        });

    [Fact]
    public void The_output_that_money_covers_costs_no_more_than_it_and_one_token_more_does() =>
        Gen.Select(Gen.Long[1, 30_000_000], Gen.Long[1, 150_000_000], Gen.Long[0, 100_000], Gen.Long[0, 10 * Money.Dollar], Gen.Bool.Select(waived => waived ? 0 : PlatformFee.Rate)).Sample((inputPrice, outputPrice, input, money, rate) =>
        {
            var price = new ModelPrice(inputPrice, inputPrice, outputPrice);
            var covered = Pricing.OutputCovered(price, new TokenUsage(input, 0, 0), rate, money);
            return (covered == 0 || Pricing.Cost(price, new TokenUsage(input, 0, covered), rate).Total <= money)
                && Pricing.Cost(price, new TokenUsage(input, 0, covered + 2), rate).Total > money;
        });

    [Theory]
    [InlineData(100 * Money.Dollar, 0)]
    [InlineData((100 * Money.Dollar) + 1, PlatformFee.Rate)]
    public void The_fee_is_waived_until_deposits_are_more_than_100_dollars(long deposited, int rate) => Assert.Equal(rate, PlatformFee.RateFor(deposited));
}
