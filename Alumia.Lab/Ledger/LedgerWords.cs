namespace Alumia.Lab.Ledger;

/// <summary>Where money can be: three accounts of each org, and four of the platform.</summary>
public enum LedgerAccount
{
    /// <summary>The org's, free to be spent.</summary>
    Wallet,
    /// <summary>The org's, held for steps that run.</summary>
    Held,
    /// <summary>The org's debt: what leaves this account is lent to the org, what enters it is paid back.</summary>
    Owed,
    /// <summary>What people paid in, and got back.</summary>
    Stripe,
    /// <summary>What models cost.</summary>
    Revenue,
    /// <summary>The platform's fee.</summary>
    Fees,
    /// <summary>Usage that nobody pays.</summary>
    Writeoff,
}

/// <summary>Why money moved.</summary>
public enum TransferKind
{
    Deposit,
    /// <summary>A refund or a dispute took it back.</summary>
    TakeBack,
    /// <summary>Lent to the org, since a take-back was more than its wallet had.</summary>
    Loan,
    /// <summary>Pays back what was lent.</summary>
    Repayment,
    Hold,
    Release,
    Charge,
    Fee,
    Reversal,
}

/// <summary>How accounts, kinds and the like are written in the database.</summary>
internal static class LedgerWords
{
    private static readonly string[] _accounts = Words<LedgerAccount>();
    private static readonly string[] _kinds = Words<TransferKind>();
    private static readonly string[] _sources = Words<StepSource>();
    private static readonly string[] _stops = Words<StepStop>();

    public static string Word(this LedgerAccount account) => _accounts[(int)account];

    public static string Word(this TransferKind kind) => _kinds[(int)kind];

    public static string Word(this StepSource source) => _sources[(int)source];

    public static string Word(this StepStop stop) => _stops[(int)stop];

    public static LedgerAccount Account(string word) => (LedgerAccount)Find(_accounts, word);

    public static TransferKind Kind(string word) => (TransferKind)Find(_kinds, word);

    public static StepSource Source(string word) => (StepSource)Find(_sources, word);

    public static StepStop Stop(string word) => (StepStop)Find(_stops, word);

    private static int Find(string[] words, string word) => Array.IndexOf(words, word) is var index and >= 0 ? index : throw new ArgumentOutOfRangeException(nameof(word), word, "No word of the ledger");

    private static string[] Words<T>() where T : struct, Enum => [.. Enum.GetNames<T>().Select(name => string.Concat(name.Select((letter, at) => char.IsUpper(letter) && at > 0 ? $"_{char.ToLowerInvariant(letter)}" : $"{char.ToLowerInvariant(letter)}")))];
}
