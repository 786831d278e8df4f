using Alumia.Lab.Ledger;

namespace Alumia.Lab.Tests.Ledger;

/// <summary>One of many that work with the same orgs at once. It remembers what it was answered, so that the ledger can be held against it afterwards.</summary>
internal sealed class Worker(KilledLab lab, string name, string org)
{
    private readonly List<string> _open = [];
    private readonly List<string> _undoable = [];
    private int _number;

    public string Org => org;

    /// <summary>Deposits by their keys: each must have been credited once.</summary>
    public Dictionary<string, long> Deposits { get; } = [];

    public Dictionary<string, long> TakeBacks { get; } = [];

    public HashSet<string> Undone { get; } = [];

    /// <summary>What each settled step used, as it was first said: that is what it must have been charged, once.</summary>
    public Dictionary<string, (long Input, long Output)> Settled { get; } = [];

    public HashSet<string> Released { get; } = [];

    public int Refusals { get; private set; }

    /// <summary>Does what was planned, as far as there is something to do it to.</summary>
    public async Task DoAsync((int What, long Amount, long Input, long Output, int Pick) plan)
    {
        var key = $"{name}/{++_number:00000}";
        var (what, amount, input, output, pick) = plan;
        switch (what)
        {
            case < 30:
                await HoldAsync(key, input, output);
                break;
            case < 38 when Open(pick) is { } step:
                Expect(await lab.DoAsync(new Deed(DeedKind.Grow, org, step, Input: input, Output: output)), "Held", "AwaitingFunds", "PaymentRequired");
                break;
            case < 60 when Open(pick) is { } step: // A cancelled or broken step is settled too, by what it had used.
                await SettleAsync(step, input, output);
                break;
            case < 68 when Open(pick) is { } step:
                Expect(await lab.DoAsync(new Deed(DeedKind.Release, org, step)), "True", "False"); // False where it had been done before a kill.
                Released.Add(step);
                _open.Remove(step);
                break;
            case < 80:
                Deposits.Add(key, amount);
                await lab.DoAsync(new Deed(DeedKind.Credit, org, key, amount));
                break;
            case < 84: // A refund or a dispute.
                TakeBacks.Add(key, amount);
                await lab.DoAsync(new Deed(DeedKind.TakeBack, org, key, amount));
                _undoable.Add(key);
                break;
            case < 87 when _undoable.Count > 0:
                var undone = _undoable[pick % _undoable.Count];
                await lab.DoAsync(new Deed(DeedKind.Reverse, org, undone));
                Undone.Add(undone);
                break;
            case < 92 when Deposits.Count > 0: // A webhook that comes twice.
                var deposit = Deposits.ElementAt(pick % Deposits.Count);
                Expect(await lab.DoAsync(new Deed(DeedKind.Credit, org, deposit.Key, deposit.Value)), "False");
                break;
            case < 96 when Settled.Count > 0: // A settlement that comes twice, saying something else.
                await lab.DoAsync(new Deed(DeedKind.Settle, org, Settled.ElementAt(pick % Settled.Count).Key, Input: input + 1, Output: output));
                break;
            case < 98 when Settled.Count > 0:
                Expect(await lab.DoAsync(new Deed(DeedKind.Release, org, Settled.ElementAt(pick % Settled.Count).Key)), "False");
                break;
            default:
                Assert.Equal("", await lab.DoAsync(new Deed(DeedKind.Audit, org, "")));
                break;
        }
    }

    /// <summary>Settles what still runs.</summary>
    public async Task EndAsync()
    {
        foreach (var step in _open.ToList())
            await SettleAsync(step, 1, 1);
    }

    private async Task HoldAsync(string key, long input, long output)
    {
        var outcome = await lab.DoAsync(new Deed(DeedKind.Hold, org, key, Input: input, Output: output));
        Expect(outcome, "Held", "AwaitingFunds", "PaymentRequired");
        if (outcome == nameof(HoldOutcome.Held))
            _open.Add(key);
        else
            Refusals++;
    }

    private async Task SettleAsync(string step, long input, long output)
    {
        Settled.Add(step, (input, output));
        _open.Remove(step);
        await lab.DoAsync(new Deed(DeedKind.Settle, org, step, Input: input, Output: output));
    }

    private string? Open(int pick) => _open.Count == 0 ? null : _open[pick % _open.Count];

    private static void Expect(string answer, params string[] allowed) => Assert.Contains(answer, allowed);
}
