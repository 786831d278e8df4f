using Alumia.Lab.Ledger;

namespace Alumia.Lab.Tests.Ledger;

/// <summary>The rules of the ledger once more, as plain arithmetic on a few numbers: what the real one is compared with.</summary>
internal sealed class LedgerModel
{
    private readonly Dictionary<string, (long Held, int Rate, ModelPrice Price)> _open = [];
    private readonly HashSet<string> _done = [];

    public long Wallet { get; private set; }

    public long Held => _open.Values.Sum(step => step.Held);

    public long Owed { get; private set; }

    public long Deposited { get; private set; }

    public long Revenue { get; private set; }

    public long WrittenOff { get; private set; }

    public IEnumerable<string> Open => _open.Keys.Order(StringComparer.Ordinal);

    public bool Credit(string key, long amount)
    {
        if (!_done.Add(key))
            return false;
        Deposited += amount;
        Gain(amount);
        return true;
    }

    public bool TakeBack(string key, long amount)
    {
        if (!_done.Add(key))
            return false;
        var taken = Math.Min(Wallet, amount);
        Wallet -= taken;
        Owed += amount - taken;
        return true;
    }

    public bool Undo(string key, long amount)
    {
        if (!_done.Add(key))
            return false;
        Gain(amount);
        return true;
    }

    public HoldOutcome Hold(string step, ModelPrice price, long input, long output)
    {
        if (Owed > 0 || Wallet + Held < 10_000)
            return HoldOutcome.PaymentRequired;
        if (Wallet < 10_000)
            return HoldOutcome.AwaitingFunds;
        var rate = Deposited > 100_000_000 ? 55 : 0;
        var amount = Math.Min(Wallet, Math.Max(10_000, Cost(price, rate, input, Math.Min(output, 4_096)).Total));
        Wallet -= amount;
        _open[step] = (amount, rate, price);
        return HoldOutcome.Held;
    }

    public HoldOutcome Grow(string id, long input, long output)
    {
        var step = _open[id];
        var need = Cost(step.Price, step.Rate, input, output).Total - step.Held;
        if (need <= 0)
            return HoldOutcome.Held;
        if (Owed > 0)
            return HoldOutcome.PaymentRequired;
        if (Wallet < 10_000 && Wallet < need)
            return Held > step.Held ? HoldOutcome.AwaitingFunds : HoldOutcome.PaymentRequired;
        var more = Math.Min(Wallet, Math.Max(need, 10_000));
        Wallet -= more;
        _open[id] = step with { Held = step.Held + more };
        return HoldOutcome.Held;
    }

    public void Settle(string id, long input, long output)
    {
        if (!_open.Remove(id, out var step))
            return;
        var (model, total) = Cost(step.Price, step.Rate, input, output);
        Revenue += total;
        if (total <= step.Held)
        {
            Gain(step.Held - total);
            return;
        }
        var more = Math.Min(Wallet, total - step.Held);
        Wallet -= more;
        WrittenOff += total - step.Held - more;
    }

    public void Release(string id)
    {
        if (_open.Remove(id, out var step))
            Gain(step.Held);
    }

    private static (long Model, long Total) Cost(ModelPrice price, int rate, long input, long output)
    {
        var exact = ((decimal)input * price.Input) + ((decimal)output * price.Output);
        return ((long)Math.Ceiling(exact / 1_000_000), (long)Math.Ceiling(exact * (1_000 + rate) / 1_000_000_000));
    }

    private void Gain(long amount)
    {
        var paid = Math.Min(Owed, amount);
        Owed -= paid;
        Wallet += amount - paid;
    }
}
