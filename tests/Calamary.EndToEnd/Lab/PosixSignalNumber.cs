namespace Calamary.EndToEnd.Lab;

public enum PosixSignalNumber
{
    None = 0,
    Hangup = 1,
    Interrupt = 2,
    Kill = 9,
    Terminate = 15,
    Continue = 18,
    Stop = 19,
}
